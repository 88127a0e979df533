"""A planned switch step by step: the services are stopped, AWS is asked, the epoch begins; or all is as before."""

from datetime import timedelta

import pytest

from services.sun.control.admitting import DRAINED_FOR, EMPTIED_FOR
from services.sun.control.book import BY
from services.sun.control.facts import Admits, WriterState
from services.sun.control.ports import Refused, Unavailable
from tests.support.sun import NOON, TICK, Sky

SHUT = WriterState(1, Admits.CLOSED, None, None, BY)


def held(sky: Sky) -> bool:
    return sky.book().hold is not None


def test_the_services_are_stopped_before_and_opened_after_in_a_new_epoch(sky: Sky) -> None:
    sky.tick()
    assert [what for what, _ in sky.row.told] == ["draining", "closed", "epoch 2"]
    assert sky.row.state == WriterState(2, Admits.OPEN, "eu", None, BY)
    assert sky.at_rest()


def test_nobody_writes_for_little_longer_than_the_move_takes(sky: Sky) -> None:
    sky.aurora.takes = timedelta(seconds=0.3)
    sky.tick()
    begun, begins = sky.row.told[0][1], sky.row.told[-1][1]
    assert begins - begun <= timedelta(seconds=0.4)


def test_calls_under_way_are_waited_for_and_what_is_left_is_told(sky: Sky) -> None:
    sky.row.calls = [3, 2, 0]
    sky.tick()
    draining, closed, _ = (at for _, at in sky.row.told)
    assert timedelta() < closed - draining < timedelta(seconds=1)


def test_what_does_not_end_holds_the_switch_up_for_so_long_only(sky: Sky) -> None:
    sky.row.calls, sky.row.transactions = [2], [5]
    sky.aurora.takes = timedelta()
    assert sky.tick().reason == "eu writes"
    draining, closed, opened = (at for _, at in sky.row.told)
    assert DRAINED_FOR <= closed - draining < DRAINED_FOR + timedelta(seconds=0.1)
    assert EMPTIED_FOR <= opened - closed < EMPTIED_FOR + timedelta(seconds=0.1)
    finished = sky.details("switch finished")[0]
    assert (finished["callsLeft"], finished["transactionsLeft"], finished["begins"]) == (2, 5, 2)


@pytest.mark.parametrize("trouble", [Unavailable("no answer"), Refused("denied")])
@pytest.mark.parametrize("at", ["draining", "unfinished", "closed"])
def test_services_that_cannot_be_stopped_stay_open_and_the_writer_stays(sky: Sky, at: str, trouble: Exception) -> None:
    sky.row.trouble = {at: trouble}
    assert "could not be stopped" in sky.tick().reason
    assert not sky.aurora.asked
    assert sky.row.state.admits is Admits.OPEN
    assert held(sky)
    assert len(sky.bell.rung) == 1
    assert "let in again" in sky.bell.rung[0].text


def test_what_nobody_thought_of_opens_the_services_too(sky: Sky) -> None:
    sky.row.trouble = {"closed": ZeroDivisionError()}
    with pytest.raises(ZeroDivisionError):
        sky.tick()
    assert sky.row.state.admits is Admits.OPEN


def test_a_switch_that_aws_refuses_opens_the_services(sky: Sky) -> None:
    sky.aurora.refuses = True
    sky.tick()
    assert sky.row.state == WriterState(1, Admits.OPEN, None, None, BY)
    assert held(sky)


def test_a_switch_that_aws_does_not_do_is_given_up_within_seconds(sky: Sky) -> None:
    sky.aurora.takes = None
    assert "at rest in apac" in sky.tick().reason
    assert sky.clock.now < NOON + timedelta(seconds=30)
    assert sky.row.state.admits is Admits.OPEN
    assert held(sky)


def test_a_writer_that_arrives_after_all_gets_its_epoch_though_the_controller_holds(sky: Sky) -> None:
    sky.aurora.takes = None
    sky.tick()
    sky.aurora.writer = "eu"
    sky.clock.now += TICK
    sky.tick()
    assert sky.row.state == WriterState(2, Admits.OPEN, "eu", None, BY)
    assert sky.trail()[-3:] == ["moved by others", "tick", "epoch begun"]


def test_a_person_who_holds_begins_the_epoch_of_a_writer_that_they_move(sky: Sky) -> None:
    sky.hold("anna")
    sky.row.state = WriterState(4, Admits.OPEN, "apac", None, "anna")
    sky.aurora.writer = "eu"
    sky.tick()
    assert sky.row.state.epoch == 4
    sky.release()
    sky.clock.now += TICK
    sky.tick()
    assert sky.row.state == WriterState(5, Admits.OPEN, "eu", None, BY)


def test_a_new_writer_that_cannot_be_opened_is_tried_again_and_a_person_called_each_time(sky: Sky) -> None:
    sky.row.trouble = {"begin_epoch": Refused("denied")}
    assert "admits nothing" in sky.tick().reason
    sky.clock.now += TICK
    sky.tick()
    assert len(sky.bell.rung) >= 2
    assert sky.book().switch is not None, "it is not forgotten"
    sky.row.trouble = {}
    sky.clock.now += TICK
    assert sky.tick().reason == "eu writes"
    assert sky.at_rest()
    assert len(sky.aurora.asked) == 1


@pytest.mark.parametrize("region", ["eu", "apac"])
def test_a_database_that_is_found_shut_is_opened_and_told_of(sky: Sky, region: str) -> None:
    sky.hold(BY)
    sky.row.state = SHUT
    sky.tick(region)
    assert sky.row.state.admits is Admits.OPEN
    assert sky.trail() == ["tick", "admission opened"]
    assert [page.subject for page in sky.bell.rung] == ["Follow the sun: apac writes, and was closed"]


def test_who_comes_too_early_to_open_is_called_again(sky: Sky) -> None:
    sky.hold(BY)
    sky.row.state = SHUT
    sky.row.trouble = {"open": Unavailable("no answer")}
    for _ in range(2):
        sky.tick()
        sky.clock.now += TICK
    assert len(sky.bell.rung) == 2
    sky.row.trouble = {}
    sky.tick()
    assert sky.row.state.admits is Admits.OPEN


def test_what_a_person_has_shut_who_holds_stays_shut(sky: Sky) -> None:
    sky.hold("anna")
    sky.row.state = WriterState(1, Admits.CLOSED, None, None, "anna")
    sky.tick()
    assert not sky.row.told
    sky.release()
    sky.clock.now += TICK
    sky.tick()
    assert sky.row.told[0][0] == "open"


def test_a_writer_that_does_not_tell_its_epoch_stays(sky: Sky) -> None:
    sky.row.trouble = {"read": Refused("no such secret")}
    assert "does not tell its epoch" in sky.tick().reason
    assert not sky.aurora.asked


def test_two_regions_that_write_are_left_alone_and_a_person_is_called_once(sky: Sky) -> None:
    sky.aurora.besides = "eu"
    for _ in range(4):
        assert "apac write, each for itself" in sky.tick().reason
        sky.clock.now += TICK
    assert not sky.aurora.asked
    assert not sky.row.told
    assert [page.subject for page in sky.bell.rung] == ["Follow the sun: more than one region writes"]
    sky.aurora.besides = None
    assert sky.tick().reason == "eu writes"


def test_a_tick_with_little_time_left_leaves_the_switch_to_the_next(sky: Sky) -> None:
    sky.room = timedelta(seconds=50)
    assert "too little time" in sky.tick().reason
    assert not sky.aurora.asked
