"""Several controllers at once, and one that is gone in the middle: one acts, and nothing is done twice."""

from datetime import datetime, timedelta

import pytest

from services.sun.control.book import Entry, Hold, Switch
from services.sun.control.lease import BRIEF, LEASED_FOR
from services.sun.control.ledger import TableLedger
from services.sun.control.ports import Overtaken
from tests.support.global_database import Aurora
from tests.support.sun import NOON, REGIONS, TICK, Sky

AGES = timedelta(hours=1)
CONFLICT = [{"Code": "TransactionConflict"}, {"Code": "None"}]


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
    opened = Entry((), opened=Switch("eu", "apac", NOON, 1))
    for entry in (opened, Entry((), alive=True), Entry((), closed=True), Entry((), hold=Hold("x", "y"))):
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
    ledger.write(token, NOON, Entry((), opened=Switch("eu", "apac", NOON, 1)))
    with pytest.raises(Overtaken):
        ledger.write(token, NOON, Entry((), opened=Switch("apac", "eu", NOON, 1)))
    ledger.write(token, NOON, Entry((), hold=Hold("anna", "a release")))
    with pytest.raises(Overtaken):
        ledger.write(token, NOON, Entry((), hold=Hold("controller", "x")))
    assert sky.book().switch == Switch("eu", "apac", NOON, 1)
    assert sky.book().hold == Hold("anna", "a release")


def test_a_controller_that_is_overtaken_in_the_middle_stops(sky: Sky) -> None:
    class Slow(Aurora):
        """Keeps whoever reads it for so long that another region takes over."""

        def lag(self, region: str, now: object) -> None:
            self.clock.now += AGES
            assert sky.ledger("apac").acquire(self.clock.now, self.clock.now + AGES) is not None

    sky.aurora = Slow(sky.clock, REGIONS)
    before = dict(sky.records.weights)
    assert "overtaken" in sky.tick("eu").reason
    assert not sky.aurora.asked
    assert sky.records.weights == before


def test_a_hold_that_is_set_while_a_switch_is_decided_comes_in_time(sky: Sky) -> None:
    class Meddling(Aurora):
        def lag(self, region: str, now: object) -> None:
            sky.hold()

    sky.aurora = Meddling(sky.clock, REGIONS)
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


@pytest.mark.parametrize("takes", [None, AGES])
def test_a_switch_that_never_ends_is_given_up_to_a_person(sky: Sky, takes: timedelta | None) -> None:
    sky.aurora.takes = takes
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
    sky.aurora.takes = AGES
    sky.tick()
    sky.hold("anna")
    sky.clock.now = NOON + timedelta(minutes=20)
    assert "has not moved" in sky.tick().reason
    hold = sky.book().hold
    assert hold is not None
    assert hold.by == "anna"
    assert len(sky.bell.rung) == 1


def test_who_was_held_up_after_writing_down_does_not_ask_any_more(sky: Sky, monkeypatch: pytest.MonkeyPatch) -> None:
    write = TableLedger.write

    def slowly(ledger: TableLedger, token: int, now: datetime, entry: Entry) -> None:
        write(ledger, token, now, entry)
        sky.clock.now += timedelta(minutes=1) * (entry.opened is not None)

    monkeypatch.setattr(TableLedger, "write", slowly)
    assert "held up" in sky.tick().reason
    assert not sky.aurora.asked
    assert sky.book().hold is not None


def test_a_switch_keeps_the_lease_for_half_a_minute_only_and_who_comes_meanwhile_waits_for_it(sky: Sky) -> None:
    eu = sky.ledger("eu")
    token = eu.acquire(NOON, NOON + TICK)
    assert token is not None
    eu.write(token, NOON, Entry((), opened=Switch("apac", "eu", NOON, 1)))
    assert sky.ledger("apac").acquire(NOON + BRIEF, NOON + TICK) is None
    eu.write(token, NOON + BRIEF, Entry((), alive=True))
    sky.clock.now = NOON + BRIEF
    assert sky.tick("apac").acted
    assert NOON + 2 * BRIEF < sky.clock.now < NOON + 4 * BRIEF
    assert sky.book().switch is None
    with pytest.raises(Overtaken):
        eu.write(token, NOON + BRIEF, Entry((), alive=True))


def test_once_it_has_ended_the_lease_is_as_long_as_ever(sky: Sky) -> None:
    assert sky.tick("eu").reason == "eu writes"
    sky.clock.now += LEASED_FOR - timedelta(seconds=30)
    assert not sky.tick("apac").acted


def test_a_write_that_only_met_another_call_is_made_again(sky: Sky, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when another region's controller tries to take the lease at this moment."""
    ledger, real, tries = sky.ledger(), sky.dynamodb.transact_write_items, []

    def meeting(**request: object) -> object:
        tries.append(request)
        if len(tries) > 1:
            return real(**request)
        answer = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": CONFLICT}
        raise sky.dynamodb.exceptions.TransactionCanceledException(answer, "TransactWriteItems")

    token = ledger.acquire(NOON, NOON)
    assert token is not None
    monkeypatch.setattr(sky.dynamodb, "transact_write_items", meeting)
    ledger.write(token, NOON, Entry((), hold=Hold("x", "y")))
    assert len(tries) == 2
    assert sky.book().hold == Hold("x", "y")
