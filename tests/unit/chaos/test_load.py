"""Customers wait for room: no more orders are begun than there is room for."""

import threading
import time

from tests.chaos.clients import ROOM_AT_ONCE, Gate


def test_without_a_limit_everybody_passes() -> None:
    gate = Gate(None)
    for _ in range(100):
        gate.enter()


def test_the_room_that_was_found_is_used_up_before_it_is_asked_for_again() -> None:
    room = iter([1000, 1000])
    gate = Gate(lambda: next(room))
    for _ in range(ROOM_AT_ONCE):
        gate.enter()
    assert next(room) == 1000


def test_who_finds_no_room_waits_until_there_is_some() -> None:
    room = [0]
    gate = Gate(lambda: room[0])
    waiting = threading.Thread(target=gate.enter, daemon=True)
    waiting.start()
    time.sleep(0.05)
    assert waiting.is_alive()
    room[0] = 1
    waiting.join(5)
    assert not waiting.is_alive()
