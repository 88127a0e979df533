"""The gate remembers across threads, and lets only so many calls wait for the CCP at once."""

import threading
import time

import pytest

from services.common.ccp.gate import CALLS, QUEUE, QUEUE_SECONDS, Gate, GateClosed


def test_what_one_call_learns_the_next_one_knows() -> None:
    now = [0.0]
    gate = Gate(lambda: now[0])
    with gate.passing():
        gate.failed(retry_after=30)
    assert gate.wait() == 30
    with pytest.raises(GateClosed) as closed, gate.passing():
        pass
    assert closed.value.seconds == 30
    now[0] = 30.0
    with gate.passing():
        assert gate.wait() > 0, "a probe is under way"
        gate.succeeded()
    assert gate.wait() == 0


def test_a_ccp_that_hangs_holds_only_so_many_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.common.ccp.gate.QUEUE_SECONDS", 0.05)
    gate, release = Gate(), threading.Event()
    inside = threading.Barrier(CALLS + 1)

    def hang() -> None:
        with gate.passing():
            inside.wait()
            release.wait()

    threads = [threading.Thread(target=hang, daemon=True) for _ in range(CALLS)]
    for thread in threads:
        thread.start()
    inside.wait()
    with pytest.raises(GateClosed, match="under way"), gate.passing():
        pass
    release.set()
    for thread in threads:
        thread.join()
    with gate.passing():
        pass


def test_only_a_few_wait_for_a_place_and_all_others_leave_at_once() -> None:
    gate, release = Gate(), threading.Event()
    inside = threading.Barrier(CALLS + 1)
    refused_at_once: list[bool] = []

    def hang() -> None:
        with gate.passing():
            inside.wait()
            release.wait()

    def ask() -> None:
        began = time.monotonic()
        with pytest.raises(GateClosed), gate.passing():
            pass
        refused_at_once.append(time.monotonic() - began < QUEUE_SECONDS / 2)

    holders = [threading.Thread(target=hang, daemon=True) for _ in range(CALLS)]
    for thread in holders:
        thread.start()
    inside.wait()
    askers = [threading.Thread(target=ask, daemon=True) for _ in range(5 * QUEUE)]
    for thread in askers:
        thread.start()
    for thread in askers:
        thread.join()
    release.set()
    assert refused_at_once.count(False) <= QUEUE


def test_a_call_that_ends_in_an_exception_leaves_its_place() -> None:
    gate = Gate()
    for _ in range(2 * CALLS):
        with pytest.raises(ZeroDivisionError), gate.passing():
            raise ZeroDivisionError
