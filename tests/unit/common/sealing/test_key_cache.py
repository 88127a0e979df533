"""Few unwrapped data keys are held, and none for long."""

import os
from uuid import uuid4

from services.common.sealing.cipher import DataKey
from services.common.sealing.key_cache import KeyCache


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def key() -> DataKey:
    return DataKey(uuid4(), os.urandom(32))


def test_what_was_put_is_found() -> None:
    cache, held = KeyCache(2, 60, Clock()), key()
    cache.put(held)
    assert cache.get(held.id) is held
    assert cache.get(uuid4()) is None


def test_it_never_holds_more_than_its_size() -> None:
    cache = KeyCache(3, 60, Clock())
    for _ in range(1000):
        cache.put(key())
    assert len(cache) == 3


def test_the_one_that_was_not_used_for_longest_goes_first() -> None:
    cache, (first, second, third) = KeyCache(2, 60, Clock()), (key(), key(), key())
    cache.put(first)
    cache.put(second)
    cache.get(first.id)
    cache.put(third)
    assert (cache.get(first.id), cache.get(second.id), cache.get(third.id)) == (first, None, third)


def test_a_key_is_held_no_longer_than_it_may_be_however_often_it_is_used() -> None:
    clock = Clock()
    cache, held = KeyCache(2, 60, clock), key()
    cache.put(held)
    for clock.now in (30.0, 59.9):
        assert cache.get(held.id) is held
    clock.now = 60.0
    assert cache.get(held.id) is None
    assert len(cache) == 0
