"""Keys rotate, forgers invent ids, issuers fall silent: the issuer is asked rarely, and nobody is locked out by it."""

import threading

import pytest

from services.common.errors import Unavailable
from services.common.tokens.keyring import COOL_DOWN_SECONDS, FIRST_COOL_DOWN_SECONDS, FRESH_SECONDS, KeyRing
from services.common.tokens.publication import Keys, Unreadable
from tests.support.issuer import new_key

FIRST, SECOND = (new_key().public_key() for _ in range(2))


class Source:
    """An issuer that counts how often it is asked, on a clock of its own."""

    def __init__(self) -> None:
        self.keys: Keys = {"k1": FIRST}
        self.asked = 0
        self.now = 1000.0
        self.silent = False
        self.ring = KeyRing(self.read, lambda: self.now)

    def read(self) -> Keys:
        self.asked += 1
        if self.silent:
            raise Unreadable("no answer")
        return self.keys


def test_a_known_key_is_read_once() -> None:
    source = Source()
    assert [source.ring.find("k1") for _ in range(100)] == [FIRST] * 100
    assert source.asked == 1


def test_any_number_of_forged_ids_costs_one_question_in_a_cool_down() -> None:
    source = Source()
    source.ring.find("k1")
    source.now += COOL_DOWN_SECONDS
    assert {source.ring.find(f"forged-{number}") for number in range(10_000)} == {None}
    assert source.asked == 2
    source.now += COOL_DOWN_SECONDS - 0.01
    source.ring.find("forged")
    assert source.asked == 2
    source.now += 0.01
    source.ring.find("forged")
    assert source.asked == 3


def test_forged_ids_on_many_threads_cost_one_question_too() -> None:
    source = Source()
    threads = [threading.Thread(target=source.ring.find, args=(f"forged-{number}",)) for number in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert source.asked == 1


def test_a_rotated_key_is_known_after_a_cool_down_at_the_latest() -> None:
    source = Source()
    source.ring.find("k1")
    source.keys = {"k1": FIRST, "k2": SECOND}
    assert source.ring.find("k2") is None
    source.now += COOL_DOWN_SECONDS
    assert source.ring.find("k2") is SECOND


def test_a_withdrawn_key_counts_no_more_when_the_keys_are_read_anew() -> None:
    source = Source()
    source.ring.find("k1")
    source.keys = {"k2": SECOND}
    assert source.ring.find("k1") is FIRST
    source.now += FRESH_SECONDS
    assert source.ring.find("k1") is None


def test_keys_outlive_an_outage_of_the_issuer() -> None:
    source = Source()
    source.ring.find("k1")
    source.silent = True
    for _ in range(100):
        source.now += FRESH_SECONDS
        assert source.ring.find("k1") is FIRST


def test_in_an_outage_the_issuer_is_asked_once_in_a_cool_down() -> None:
    source = Source()
    source.ring.find("k1")
    source.silent = True
    source.now += FRESH_SECONDS
    for _ in range(1000):
        source.ring.find("k1")
    assert source.asked == 2


def test_whether_an_unknown_key_exists_cannot_be_said_in_an_outage() -> None:
    source = Source()
    source.ring.find("k1")
    source.silent = True
    source.now += COOL_DOWN_SECONDS
    with pytest.raises(Unavailable):
        source.ring.find("k2")
    source.silent = False
    source.now += COOL_DOWN_SECONDS
    assert source.ring.find("k2") is None


def test_a_process_that_starts_in_an_outage_asks_soon_again() -> None:
    source = Source()
    source.silent = True
    for _ in range(10):
        with pytest.raises(Unavailable):
            source.ring.find("k1")
    assert source.asked == 1
    source.silent = False
    source.now += FIRST_COOL_DOWN_SECONDS
    assert source.ring.find("k1") is FIRST


def test_while_one_thread_reads_anew_the_others_go_on() -> None:
    source = Source()
    source.ring.find("k1")
    source.now += FRESH_SECONDS
    entered, answered = threading.Event(), threading.Event()
    at_once = source.read

    def slowly() -> Keys:
        entered.set()
        answered.wait(10)
        return at_once()

    source.ring._read = slowly
    reader = threading.Thread(target=source.ring.find, args=("k1",))
    reader.start()
    assert entered.wait(10)
    assert source.ring.find("k1") is FIRST
    answered.set()
    reader.join()
    assert source.asked == 2
