"""A region that writes and is lost: given up by two witnesses and two people, once, and told of; otherwise never."""

from datetime import timedelta

import pytest

from services.sun.control.book import BY
from services.sun.control.facts import Admits, WriterState
from services.sun.control.loss import BACK_AFTER, SILENT_FOR, VALID_FOR
from services.sun.schedule.regions import Health
from tests.support.sun import TICK, Sky

MINUTE = timedelta(minutes=1)
NO_PLANNED = {"eu": {"synchronised": False}}
"""What keeps the schedule from moving the writer, and matters to nobody who gives up a region."""


@pytest.fixture
def lost(sky: Sky) -> Sky:
    """Singapore, which writes, is lost since five minutes."""
    sky.lose()
    sky.tick()
    sky.clock.now += TICK
    return sky


def test_two_people_s_word_gives_the_region_up(lost: Sky) -> None:
    lost.approve("anna", "bert")
    assert lost.tick().reason == "eu writes"
    assert lost.aurora.given_up == [("apac", "eu")]
    assert not lost.aurora.asked
    assert lost.row.state == WriterState(2, Admits.OPEN, "eu", "apac", BY)
    assert [page.subject for page in lost.bell.rung] == [
        "Follow the sun: apac writes, and does not answer",
        "Follow the sun: apac was given up",
    ]
    (begun,) = lost.details("failover begun")
    assert sorted(begun["approvedBy"]) == ["anna", "bert"]
    assert begun["witnesses"] == ["Route 53 finds apac sick", "RDS finds the cluster of apac unknown"]
    assert not lost.book().approvals, "a word is good once"


def test_the_call_has_the_command_with_which_a_person_approves(lost: Sky) -> None:
    (page,) = lost.bell.rung
    assert f"--table-name {lost.table}" in page.text
    for told in ('"approval#YOUR-NAME"', '"source": {"S": "apac"}', '"target": {"S": "eu"}', '"epoch": {"N": "1"}'):
        assert told in page.text


def test_the_schedule_never_does_it(lost: Sky) -> None:
    for _ in range(30):
        assert "approved by 0 of 2 people" in lost.tick().reason
        lost.clock.now += TICK
    assert not lost.aurora.given_up
    assert len(lost.bell.rung) == 1


@pytest.mark.parametrize("names", [("anna",), ("anna", "Anna"), ("anna", " ANNA ")])
def test_one_person_is_not_two(lost: Sky, names: tuple[str, ...]) -> None:
    lost.approve(*names)
    assert "approved by 1 of 2 people" in lost.tick().reason
    assert not lost.aurora.given_up


def test_a_word_that_is_old_or_of_the_future_or_of_another_epoch_does_not_count(lost: Sky) -> None:
    lost.approve("anna")
    lost.approve("bert", at=lost.clock.now - VALID_FOR)
    lost.approve("carl", at=lost.clock.now + MINUTE)
    lost.approve("dora", epoch=2)
    assert "approved by 1 of 2" in lost.tick().reason


def test_what_a_person_wrote_wrongly_is_no_word_and_no_fault(lost: Sky) -> None:
    for name, item in {"x": {}, "y": {"epoch": {"N": "1"}, "at": {"S": "now"}}, " ": {"epoch": {"N": "1"}}}.items():
        item |= {"pk": {"S": "sun"}, "sk": {"S": f"approval#{name}"}}
        lost.dynamodb.put_item(TableName=lost.table, Item=item)
    assert "approved by 0 of 2" in lost.tick().reason


def test_one_witness_is_not_two(sky: Sky) -> None:
    sky.aurora.sick = NO_PLANNED
    sky.doctor.told = {"apac": Health.UNHEALTHY}
    sky.tick("apac")
    for _ in range(4):
        sky.clock.now += TICK
        sky.approve("anna", "bert")
        sky.tick("apac")
    sky.doctor.told, sky.aurora.sick = {}, {**NO_PLANNED, "apac": {"status": "failed"}}
    for _ in range(4):
        sky.clock.now += TICK
        sky.approve("anna", "bert")
        sky.tick("apac")
    assert not sky.aurora.given_up


def test_a_controller_that_is_silent_is_a_witness(sky: Sky) -> None:
    sky.aurora.sick = NO_PLANNED
    sky.tick("apac")
    sky.doctor.told = {"apac": Health.UNHEALTHY}
    sky.clock.now += SILENT_FOR + 2 * MINUTE
    sky.tick("eu")
    sky.clock.now += TICK
    sky.approve("anna", "bert")
    assert sky.tick("eu").reason == "eu writes"
    assert "the controller of apac is silent since 12:00 UTC" in sky.details("failover begun")[0]["witnesses"]
    assert [what for what, _ in sky.row.told][:2] == ["draining", "closed"], "who is heard is told to write no more"


def test_a_region_that_came_back_between_is_lost_anew(sky: Sky) -> None:
    sky.aurora.sick = NO_PLANNED
    sky.lose()
    sky.tick()
    sky.clock.now += MINUTE
    sky.doctor.told, sky.aurora.dead = {}, set()
    sky.tick()
    sky.clock.now += TICK
    sky.lose()
    sky.approve("anna", "bert")
    assert "lost only since" in sky.tick().reason


@pytest.mark.parametrize("fault", ["sick", "unready", "held", "two writers", "moving"])
def test_it_is_not_done_while_anything_stands_against_it(lost: Sky, fault: str) -> None:
    lost.approve("anna", "bert")
    if fault == "sick":
        lost.doctor.told["eu"] = Health.UNKNOWN
    elif fault == "unready":
        lost.aurora.sick = {"eu": {"instances": 0}}
    elif fault == "held":
        lost.hold()
    elif fault == "two writers":
        lost.aurora.besides = "eu"
    else:
        lost.aurora.on_its_way = ("apac", lost.clock.now + MINUTE)
    lost.tick()
    assert not lost.aurora.given_up


def test_what_aws_refuses_is_held_and_not_asked_again(lost: Sky) -> None:
    lost.aurora.refuses = True
    lost.approve("anna", "bert")
    assert "AWS refuses" in lost.tick().reason
    lost.release()
    lost.clock.now += TICK
    lost.tick()
    assert len(lost.aurora.given_up) == 1, "the words are used up"


def test_a_copy_that_did_not_get_the_last_epochs_begins_one_that_was_never_used(sky: Sky) -> None:
    sky.row.state, sky.aurora.sick = WriterState(7, Admits.OPEN, "apac", None, BY), NO_PLANNED
    sky.tick()
    sky.lose()
    for _ in range(2):
        sky.tick()
        sky.clock.now += TICK
    sky.row.state = WriterState(5, Admits.OPEN, "eu", None, BY)
    sky.approve("anna", "bert", epoch=7)
    assert sky.tick().reason == "eu writes"
    assert sky.row.state == WriterState(8, Admits.OPEN, "eu", "apac", BY)


def test_the_writer_does_not_go_back_by_itself_while_the_same_sun_is_up(sky: Sky) -> None:
    """Singapore leads, writes, is lost, and is well again soon after."""
    lost_at = sky.clock.now
    sky.aurora.writer = "eu"
    sky.tick()
    sky.doctor.told, sky.aurora.dead = {"eu": Health.UNHEALTHY}, {"eu"}
    sky.tick()
    sky.clock.now += TICK
    for name in ("anna", "bert"):
        sky.approve(name, source="eu", target="apac")
    assert sky.tick().reason == "apac writes"
    sky.doctor.told, sky.aurora.dead = {}, set()
    while sky.clock.now < lost_at + BACK_AFTER:
        sky.tick()
        sky.clock.now += 6 * TICK
        assert not sky.aurora.asked
    assert any("was given up" in str(detail["against"]) for detail in sky.details("tick"))
