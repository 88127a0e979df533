"""Several controllers at once, and one that is gone in the middle: one acts, and nothing is done twice."""

from datetime import datetime, timedelta

import pytest

from services.sun.control.book import Entry, Hold, Switch
from services.sun.control.ledger import LEASED_FOR, TableLedger
from services.sun.control.ports import Overtaken
from tests.support.sun import NOON, TICK, Aurora, Crash, Sky, Tripwire

AGES = timedelta(hours=1)


def test_of_two_controllers_one_acts(sky: Sky) -> None:
    assert sky.tick("eu").acted
    assert not sky.tick("apac").acted
    sky.clock.now += TICK
    assert not sky.tick("apac").acted
    assert sky.tick("eu").acted


def test_a_region_that_is_silent_loses_the_lease(sky: Sky) -> None:
    sky.tick("eu")
    sky.clock.now += LEASED_FOR + timedelta(seconds=1)
    assert sky.tick("apac").acted
    assert not sky.tick("eu").acted


def test_two_calls_of_one_region_do_not_act_together(sky: Sky) -> None:
    ledger = sky.ledger("eu")
    first = ledger.acquire(NOON, NOON + timedelta(minutes=4))
    assert ledger.acquire(NOON + timedelta(minutes=1), NOON + AGES) is None
    second = ledger.acquire(NOON + timedelta(minutes=4, seconds=1), NOON + AGES)
    assert first is not None
    assert second is not None
    assert second > first


def test_who_lost_the_lease_writes_nothing_any_more(sky: Sky) -> None:
    eu, apac = sky.ledger("eu"), sky.ledger("apac")
    stale = eu.acquire(NOON, NOON)
    assert stale is not None
    assert apac.acquire(NOON + AGES, NOON + AGES) is not None
    for entry in (Entry((), opened=Switch("eu", "apac", NOON)), Entry((), closed=True), Entry((), hold=Hold("x", "y"))):
        with pytest.raises(Overtaken):
            eu.write(stale, NOON, entry)
    with pytest.raises(Overtaken):
        eu.release(stale)
    assert sky.book().switch is None
    assert sky.book().hold is None


def test_there_is_one_open_switch_at_most_and_a_hold_is_not_replaced(sky: Sky) -> None:
    ledger = sky.ledger()
    token = ledger.acquire(NOON, NOON)
    assert token is not None
    ledger.write(token, NOON, Entry((), opened=Switch("eu", "apac", NOON)))
    with pytest.raises(Overtaken):
        ledger.write(token, NOON, Entry((), opened=Switch("apac", "eu", NOON)))
    ledger.write(token, NOON, Entry((), hold=Hold("anna", "a release")))
    with pytest.raises(Overtaken):
        ledger.write(token, NOON, Entry((), hold=Hold("controller", "x")))
    assert sky.book().switch == Switch("eu", "apac", NOON)
    assert sky.book().hold == Hold("anna", "a release")


def test_a_controller_that_is_overtaken_in_the_middle_stops(sky: Sky) -> None:
    class Slow(Aurora):
        """Keeps whoever reads it for so long that another region takes over."""

        def lag(self, region: str, now: object) -> None:
            self.clock.now += AGES
            assert sky.ledger("apac").acquire(self.clock.now, self.clock.now + AGES) is not None

    sky.aurora = Slow(sky.clock)
    before = dict(sky.records.weights)
    assert "overtaken" in sky.tick("eu").reason
    assert not sky.aurora.asked
    assert sky.records.weights == before


def test_a_hold_that_is_set_while_a_switch_is_decided_comes_in_time(sky: Sky) -> None:
    class Meddling(Aurora):
        def lag(self, region: str, now: object) -> None:
            sky.hold()

    sky.aurora = Meddling(sky.clock)
    assert "overtaken" in sky.tick().reason
    assert not sky.aurora.asked
    assert sky.book().switch is None


def test_a_switch_is_carried_over_to_the_next_tick(sky: Sky) -> None:
    sky.aurora.takes = timedelta(minutes=7)
    assert "next tick" in sky.tick().reason
    assert sky.book().switch is not None
    sky.clock.now = NOON + TICK
    assert sky.tick().reason == "eu writes"
    assert len(sky.aurora.asked) == 1
    assert sky.trail() == ["tick", "switch begun", "tick", "switch finished"]


def test_a_switch_that_never_ends_is_given_up_to_a_person(sky: Sky) -> None:
    sky.aurora.takes = None
    for minute in range(0, 60, 5):
        sky.clock.now = max(sky.clock.now, NOON + timedelta(minutes=minute))
        sky.tick()
    book = sky.book()
    assert book.hold is not None
    assert book.hold.by == "controller"
    assert book.switch is None
    assert [page.subject for page in sky.bell.rung] == ["Follow the sun: eu does not write"]
    assert len(sky.aurora.asked) == 1


def test_what_aws_refuses_is_not_asked_again(sky: Sky) -> None:
    sky.aurora.refuses = True
    assert "AWS refuses" in sky.tick().reason
    sky.clock.now += TICK
    assert "held by controller" in sky.tick().reason
    assert len(sky.aurora.asked) == len(sky.bell.rung) == 1


def test_a_person_who_holds_already_is_not_overwritten(sky: Sky) -> None:
    sky.aurora.takes = None
    sky.tick()
    sky.hold("anna")
    sky.clock.now = NOON + timedelta(minutes=20)
    assert "has not moved" in sky.tick().reason
    hold = sky.book().hold
    assert hold is not None
    assert hold.by == "anna"
    assert len(sky.bell.rung) == 1


def steps_of_a_switch() -> int:
    sky, wire = Sky(), Tripwire()
    assert sky.tick("eu", wire).reason == "eu writes"
    return wire.steps


@pytest.mark.usefixtures("cloud")
def test_whenever_a_controller_dies_the_other_finishes_or_holds() -> None:
    """At each of its steps, before the step has its effect and after."""
    ends = []
    for step in range(1, steps_of_a_switch() + 1):
        sky = Sky()
        with pytest.raises(Crash):
            sky.tick("eu", Tripwire(step))
        sky.clock.now += LEASED_FOR
        for _ in range(3):
            sky.clock.now += TICK
            sky.tick("apac")
        book = sky.book()
        assert book.switch is None, f"step {step}"
        assert len(sky.aurora.asked) <= 1, f"step {step}"
        assert bool(book.hold) is (sky.aurora.writer == "apac"), f"step {step}"
        assert bool(book.hold) is (len(sky.bell.rung) == 1), f"step {step}"
        assert book.memory is not None
        assert book.memory.state.tenure.writer == sky.aurora.writer, f"step {step}"
        ends.append(bool(book.hold))
    assert any(ends), "between writing down and asking, nobody knows whether it was asked"
    assert not all(ends)


def test_who_was_held_up_after_writing_down_does_not_ask_any_more(sky: Sky, monkeypatch: pytest.MonkeyPatch) -> None:
    write = TableLedger.write

    def slowly(ledger: TableLedger, token: int, now: datetime, entry: Entry) -> None:
        write(ledger, token, now, entry)
        sky.clock.now += timedelta(minutes=1) * (entry.opened is not None)

    monkeypatch.setattr(TableLedger, "write", slowly)
    assert "held up" in sky.tick().reason
    assert not sky.aurora.asked
    assert sky.book().hold is not None
