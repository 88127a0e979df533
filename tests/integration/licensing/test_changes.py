"""More, fewer, none and longer: what each change comes to when everything goes well."""

from datetime import date, timedelta
from decimal import Decimal

from tests.support.office import Office


def today(office: Office) -> date:
    day = office.world.value("SELECT (now() AT TIME ZONE 'UTC')::date")
    assert isinstance(day, date)
    return day


def test_licences_that_are_given_back_are_kept_and_counted_no_more(office: Office) -> None:
    office.bought(5)
    answer = office.quantity(3)
    assert answer.status_code == 200
    assert answer.json is not None
    assert (answer.json["kind"], answer.json["state"]) == ("RETURN", "CONFIRMED")
    assert (answer.json["quantityBefore"], answer.json["quantityAfter"]) == (5, 3)
    assert office.item().quantity == 3
    assert len(office.licences()) == 3
    assert [one["id"] for one in office.licences(state="RETURNED")] == sorted(answer.json["licenseIds"])
    assert office.get(answer.json["status"]) == answer.json
    [change] = office.simulator.changes()
    assert change["reference"] == answer.json["id"]
    assert sorted(change["answer"]["licenseIds"]) == sorted(answer.json["licenseIds"])


def test_more_licences_are_an_order_that_ends_with_the_item(office: Office) -> None:
    office.bought(2)
    day = today(office)
    office.world.admin.execute("UPDATE license SET valid_to_date = %s", (day + timedelta(days=100),))
    answer = office.quantity(5)
    assert answer.status_code == 202
    assert answer.json is not None
    assert answer.headers["Location"] == answer.json["status"]
    assert (answer.json["state"], answer.json["orderId"]) == ("RESERVED", answer.json["id"])
    office.settle_all()
    done = office.get(answer.json["status"])
    assert (done["state"], len(done["licenseIds"])) == ("CONFIRMED", 3)
    assert office.item().quantity == 5
    assert {one["validToDate"] for one in office.licences()} == {(day + timedelta(days=100)).isoformat()}
    period = "SELECT ARRAY[charged_days, term_days] FROM sales_order WHERE kind = 'INCREASE'"
    assert office.world.value(period) == [100, 365]
    assert office.world.value("SELECT period_to - period_from FROM sales_order WHERE kind = 'INCREASE'") == 100


def test_more_licences_of_an_item_that_has_ended_run_for_a_full_term(office: Office) -> None:
    office.bought(1)
    office.world.admin.execute("UPDATE license SET valid_to_date = now()::date - 1")
    assert office.quantity(2).status_code == 202
    office.settle_all()
    assert office.world.value("SELECT charged_days FROM sales_order WHERE kind = 'INCREASE'") == 365


def test_a_cancelled_item_has_nothing_left_and_comes_back_with_the_next_order(office: Office) -> None:
    item = office.bought(3)
    answer = office.cancel()
    assert answer.status_code == 200
    shown = office.get(f"/subscription-items/{item.id}")
    assert (shown["quantity"], shown["state"], shown["validToDate"]) == (0, "CANCELLED", None)
    assert office.cancel().status_code == 409
    office.bought(2)
    assert office.get(f"/subscription-items/{item.id}")["state"] == "ACTIVE"


def test_a_licence_runs_longer_and_its_days_are_an_order(office: Office) -> None:
    office.bought(2)
    licence = office.licences()[0]
    end = date.fromisoformat(licence["validToDate"])
    answer = office.extend(licence, end + timedelta(days=30))
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["orderId"] == answer.json["id"]
    changed = office.get(f"/licenses/{licence['id']}")
    assert changed["validToDate"] == (end + timedelta(days=30)).isoformat()
    row = office.world.admin.execute(
        """
        SELECT state, kind, amount, charged_days, term_days, period_from, period_to, ccp_check_at = 'infinity'
        FROM sales_order WHERE id = %s
        """,
        (answer.json["id"],),
    ).fetchone()
    assert row == ("CONFIRMED", "EXTEND", 1, 30, 365, end + timedelta(days=1), end + timedelta(days=30), True)
    handed = office.world.value("SELECT body::json FROM outbox WHERE order_id = %s", answer.json["id"])
    assert isinstance(handed, dict)
    assert handed["licenseIds"] == [licence["id"]]
    [change] = office.simulator.changes(answer.json["id"])
    assert Decimal(handed["totalPrice"]) == Decimal(str(change["answer"]["totalPrice"]))
    events = [entry["event"] for entry in office.get(f"/licenses/{licence['id']}/history")["history"]]
    assert events == ["VALID_TO", "VALID_TO"]


def test_nothing_shortens_a_licence(office: Office) -> None:
    office.bought(1)
    licence = office.licences()[0]
    end = date.fromisoformat(licence["validToDate"])
    for wanted in (end, end - timedelta(days=1), end + timedelta(days=366), date(1, 1, 1), date.max):
        refused = office.extend(licence, wanted)
        assert refused.status_code == 422
        assert refused.json is not None
        assert refused.json["type"].endswith("/not-an-extension")
    assert office.world.value("SELECT count(*) FROM licence_change") == 0


def test_a_repetition_gets_what_became_of_the_first_request(office: Office) -> None:
    item = office.bought(4)
    first = office.quantity(3, item, key="k1")
    again = office.quantity(3, item, key="k1")
    assert (again.status_code, again.data) == (first.status_code, first.data) == (200, first.data)
    assert office.quantity(2, item, key="k1").status_code == 422
    assert office.quantity(2, item, key="k2").status_code == 412
    assert len(office.simulator.changes(str(office.world.value("SELECT id FROM licence_change")))) == 1


def test_what_is_refused_by_the_ccp_changes_nothing_and_lets_the_next_one_in(office: Office) -> None:
    office.bought(3)
    before = office.licences()
    office.give_back_elsewhere(before)
    refused = office.quantity(2, key="k1")
    assert refused.status_code == 422
    assert refused.json is not None
    assert refused.json["type"].endswith("/ccp-rejected")
    shown = office.get(refused.json["change"])
    assert (shown["state"], bool(shown["reason"])) == ("REFUSED", True)
    assert [one["id"] for one in office.licences()] == [one["id"] for one in before]
    assert office.item().quantity == 3
    assert office.extend(before[0], date.fromisoformat(before[0]["validToDate"]) + timedelta(days=1)).status_code == 422
