"""What a worker has in hand is renewed while it works, and let go when it is stuck."""

import threading

import pytest

from services.common.pipeline import keeper
from services.common.pipeline.keeper import RENEWALS, WORK_SECONDS, Keeper, is_stuck, pause_seconds
from services.common.pipeline.worker import SILENCE_SECONDS

WAIT = 20.0


class Renewals:
    """Counts renewals; `enough` is set at the third."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.count, self.fault, self.enough = 0, fault, threading.Event()

    def __call__(self) -> None:
        self.count += 1
        if self.count == 3:
            self.enough.set()
        if self.fault is not None:
            raise self.fault


def test_a_hold_survives_two_renewals_that_fail() -> None:
    assert 2 * pause_seconds(60) < 60
    assert pause_seconds(60) * RENEWALS == 60


@pytest.mark.parametrize(("now", "stuck"), [(100, False), (100 + WORK_SECONDS, False), (101 + WORK_SECONDS, True)])
def test_work_is_stuck_after_its_time(now: float, stuck: bool) -> None:
    assert is_stuck(100, now) is stuck


def test_what_is_stuck_is_let_go_when_its_loop_counts_as_silent() -> None:
    assert WORK_SECONDS == SILENCE_SECONDS


def test_a_hold_is_renewed_until_the_work_is_done() -> None:
    renew = Renewals()
    with Keeper(renew, 0.03):
        assert renew.enough.wait(WAIT)
    count = renew.count
    assert not threading.Event().wait(0.05)
    assert renew.count == count


def test_a_renewal_that_fails_is_not_the_last(caplog: pytest.LogCaptureFixture) -> None:
    renew = Renewals(OSError("no way to host"))
    with Keeper(renew, 0.03):
        assert renew.enough.wait(WAIT)
    assert "no way to host" in caplog.text


def test_stuck_work_is_not_renewed_until_the_next_piece_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, begun = threading.Event(), threading.Event()

    def stuck(began: float, now: float) -> bool:
        asked.set()
        return not begun.is_set()

    monkeypatch.setattr(keeper, "is_stuck", stuck)
    renew = Renewals()
    with Keeper(renew, 0.03) as kept:
        assert asked.wait(WAIT)
        assert renew.count == 0
        kept.next_piece()
        begun.set()
        assert renew.enough.wait(WAIT)


def test_the_next_piece_has_all_the_time_again(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[float] = []
    third = threading.Event()

    def stuck(began: float, now: float) -> bool:
        seen.append(began)
        if len(set(seen)) == 2:
            third.set()
        return False

    monkeypatch.setattr(keeper, "is_stuck", stuck)
    first = threading.Event()
    with Keeper(first.set, 0.03) as kept:
        assert first.wait(WAIT)
        kept.next_piece()
        assert third.wait(WAIT)
    assert seen[-1] > seen[0]
