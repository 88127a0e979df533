"""Changes before a CCP that misbehaves, over a real socket: nothing is lost, and nothing is made twice there."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from services.common.ccp.schedule import MAX_ATTEMPTS
from tests.support.ledgers import violations
from tests.support.market import MIX
from tests.support.office import Office

SEED = 20261122
LOST_ANSWERS = {
    "hang": {"hangAfterAcceptRate": 1, "hangSeconds": 1},
    "drop": {"dropAfterAcceptRate": 1},
}
KINDS = ["return", "cancel", "extend"]


def change(office: Office, kind: str) -> TestResponse:
    match kind:
        case "return":
            return office.quantity(1)
        case "cancel":
            return office.cancel()
        case _:
            licence = office.licences()[0]
            return office.extend(licence, date.fromisoformat(licence["validToDate"]) + timedelta(days=30))


def only_change(office: Office) -> UUID:
    return UUID(str(office.world.value("SELECT id FROM licence_change")))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("keys", ["keys", "no keys"])
@pytest.mark.parametrize("fault", LOST_ANSWERS)
def test_a_change_whose_answer_is_lost_is_found_within_the_request(
    office: Office, kind: str, fault: str, keys: str
) -> None:
    office.bought(3)
    office.simulator.misbehave(**LOST_ANSWERS[fault], ignoreIdempotencyKeys=keys == "no keys")
    assert change(office, kind).status_code == 200
    assert len(office.simulator.changes(str(only_change(office)))) == 1
    office.simulator.behave()
    assert violations(office.world, office.simulator) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_ccp_that_is_down_is_waited_out_and_the_key_replays_first_202_then_200(office: Office, kind: str) -> None:
    item = office.bought(3)
    licence = office.licences()[0]
    office.simulator.misbehave(errorRate=1)

    def ask() -> TestResponse:
        match kind:
            case "return":
                return office.quantity(1, item, key="k1")
            case "cancel":
                return office.cancel(item, key="k1")
            case _:
                end = date.fromisoformat(licence["validToDate"])
                return office.extend(licence, end + timedelta(days=30), key="k1")

    first = ask()
    assert first.status_code == 202
    assert first.json is not None
    assert (first.json["state"], first.headers["Location"]) == ("RESERVED", first.json["status"])
    assert ask().data == first.data
    office.simulator.behave()
    office.settle_all()
    done = ask()
    assert (done.status_code, done.data) == (200, ask().data)
    assert done.json == office.get(first.json["status"])
    assert violations(office.world, office.simulator) == []


def test_while_a_change_is_open_another_one_is_told_where_it_is(office: Office) -> None:
    office.bought(3)
    office.assign(office.licences()[0])
    free, assigned = office.licences(state="UNASSIGNED"), office.licences(state="ASSIGNED")[0]
    office.simulator.misbehave(errorRate=1)
    answer = office.quantity(2)
    assert answer.json is not None
    [going] = [one for one in free if one["id"] in answer.json["licenseIds"]]
    item = office.item()
    assert office.get(f"/subscription-items/{item.id}")["openChange"] == answer.json["status"]
    end = date.fromisoformat(assigned["validToDate"]) + timedelta(days=1)
    refusals = [
        office.quantity(1),
        office.quantity(9),
        office.cancel(),
        office.extend(assigned, end),
        office.assign(going),
    ]
    for refused in refusals:
        assert refused.status_code == 409
        assert refused.json is not None
        assert (refused.json["type"].rpartition("/")[2], refused.json["change"]) == (
            "change-open",
            answer.json["status"],
        )
    moved = office.post(f"/licenses/{assigned['id']}/revoke", version=assigned["version"])
    assert moved.status_code == 200, "a licence that has no part in the change is free"
    office.simulator.behave()
    office.settle_all()
    assert violations(office.world, office.simulator) == []


def test_a_return_that_the_ccp_makes_in_part_is_asked_for_until_it_is_whole(office: Office) -> None:
    office.bought(40)
    office.simulator.misbehave(partialFillRate=1, seed=SEED)
    assert office.quantity(1).status_code == 200
    made = office.simulator.changes(str(only_change(office)))
    assert len(made) > 1
    assert len({entry["idempotencyKey"] for entry in made}) == len(made)
    assert len({entry["reference"] for entry in made}) == 1
    office.simulator.behave()
    assert violations(office.world, office.simulator) == []


def test_a_ccp_that_lists_nothing_gets_no_change_twice(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    office.bought(3)
    office.simulator.misbehave(dropAfterAcceptRate=1, ignoreIdempotencyKeys=True, hideSales=True)
    assert change(office, "extend").status_code == 202
    with caplog.at_level(logging.ERROR):
        for _ in range(MAX_ATTEMPTS - 1):
            office.hurry()
            office.market.await_gate()
            office.settlement.reconcile(1)
    alarms = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert alarms == ["licence-change-parked"]
    shown = office.get(f"/license-changes/{only_change(office)}")
    assert (shown["state"], bool(shown["reason"])) == ("PARKED", True)
    office.simulator.behave()
    assert len(office.simulator.changes(str(only_change(office)))) == 1
    office.hurry()
    office.settlement.reconcile(1)
    assert office.get(f"/license-changes/{only_change(office)}")["state"] == "CONFIRMED"
    assert violations(office.world, office.simulator) == []


def test_a_price_that_is_not_the_catalogue_s_parks_the_extension_until_the_catalogue_follows(office: Office) -> None:
    office.bought(1)
    office.world.admin.execute("UPDATE sales_product SET purchase_price = purchase_price + 1")
    answer = change(office, "extend")
    assert answer.status_code == 202
    assert answer.json is not None
    assert (answer.json["state"], "charges" in answer.json["reason"]) == ("PARKED", True)
    assert office.world.value("SELECT count(*) FROM sales_order WHERE kind = 'EXTEND'") == 0
    office.world.admin.execute("UPDATE sales_product SET purchase_price = purchase_price - 1")
    office.settle_all()
    assert office.get(answer.json["status"])["state"] == "CONFIRMED"
    assert violations(office.world, office.simulator) == []


def test_a_storm_of_changes_leaves_both_ledgers_alike(office: Office) -> None:
    office.bought(60)
    office.simulator.misbehave(**MIX | {"partialFillRate": 0.3}, ignoreIdempotencyKeys=True, seed=SEED)
    dice = Random(SEED)

    def one(number: int) -> int:
        licences = office.licences()
        licence = licences[number % len(licences)]
        if number % 3:
            end = date.fromisoformat(licence["validToDate"]) + timedelta(days=dice.randint(1, 40))
            return office.extend(licence, end).status_code
        return office.quantity(max(1, office.item().quantity - dice.randint(1, 3))).status_code

    told = set()
    for _ in range(6):
        with ThreadPoolExecutor(8) as pool:
            told |= set(pool.map(one, range(8)))
        office.settle_all()
    assert {200} <= told <= {200, 202, 409, 412, 422}
    office.simulator.behave()
    assert violations(office.world, office.simulator) == []
