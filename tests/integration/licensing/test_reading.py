"""Lists, filters and pages of licences and items, and the key that only its owner is shown."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from tests.support.office import Office


def every(office: Office, path: str, name: str, **query: str) -> list[str]:
    """The ids of all pages, two rows at a time."""
    seen: list[str] = []
    query |= {"limit": "2"}
    while True:
        page = office.get(path, **query)
        assert len(page[name]) <= 2
        seen += [entry["id"] for entry in page[name]]
        if page["next"] is None:
            return seen
        query["cursor"] = page["next"]


def test_licences_are_listed_page_by_page_each_once(office: Office) -> None:
    item = office.bought(5)
    office.world.admin.execute("UPDATE license SET created_at = now()")
    ids = [str(row[0]) for row in office.world.admin.execute("SELECT id FROM license ORDER BY id").fetchall()]
    subscription = str(office.world.customer("liffey").subscription_id)
    assert every(office, "/licenses", "licenses") == ids
    assert every(office, "/licenses", "licenses", itemId=item.id) == ids
    assert every(office, "/licenses", "licenses", subscriptionId=subscription) == ids
    for nobody in ({"itemId": str(uuid4())}, {"subscriptionId": str(uuid4())}, {"accountId": str(uuid4())}):
        assert every(office, "/licenses", "licenses", **nobody) == []


def test_licences_are_filtered_by_who_has_them(office: Office) -> None:
    office.bought(4)
    first, second, *_ = office.licences()
    office.assign(first)
    office.assign(second)
    office.quantity(3)
    account = str(office.account())
    assert set(every(office, "/licenses", "licenses", accountId=account)) == {first["id"], second["id"]}
    assert set(every(office, "/licenses", "licenses", state="ASSIGNED")) == {first["id"], second["id"]}
    assert len(every(office, "/licenses", "licenses", state="UNASSIGNED")) == 1
    assert len(every(office, "/licenses", "licenses", state="RETURNED")) == 1
    assert len(every(office, "/licenses", "licenses")) == 3
    assert every(office, "/licenses", "licenses", state="RETURNED", accountId=account) == []


def test_licences_that_end_before_a_day_are_listed_by_their_ends(office: Office) -> None:
    office.bought(5)
    ids = [entry["id"] for entry in office.licences()]
    end = date.fromisoformat(office.licences()[0]["validToDate"])
    for place, one in enumerate(ids):
        office.world.admin.execute(
            "UPDATE license SET valid_to_date = %s WHERE id = %s", (end - timedelta(days=place), one)
        )
    before = end.isoformat()
    subscription = str(office.world.customer("liffey").subscription_id)
    assert every(office, "/licenses", "licenses", expiringBefore=before) == ids[:0:-1]
    assert every(office, "/licenses", "licenses", expiringBefore=before, subscriptionId=subscription) == ids[:0:-1]


@pytest.mark.parametrize(
    "query", [{"state": "LOST"}, {"accountId": "x"}, {"expiringBefore": "tomorrow"}, {"cursor": "x"}, {"colour": "red"}]
)
def test_a_filter_that_is_none_is_refused(office: Office, query: dict[str, str]) -> None:
    assert office.ask("/licenses", **query).status_code == 400


def test_items_tell_their_quantity_their_end_and_what_is_under_way(office: Office) -> None:
    item = office.bought(2)
    subscription = str(office.world.customer("liffey").subscription_id)
    [shown] = office.get("/subscription-items", subscriptionId=subscription)["items"]
    assert (shown["quantity"], shown["state"], shown["openChange"]) == (2, "ACTIVE", None)
    assert shown["validToDate"] == office.licences()[0]["validToDate"]
    answer = office.ask(f"/subscription-items/{item.id}")
    assert answer.headers["ETag"] == f'"{shown["version"]}"'
    assert office.get("/subscription-items", subscriptionId=str(uuid4()))["items"] == []
    under_way = office.quantity(3).json
    assert under_way is not None
    assert office.get(f"/subscription-items/{item.id}")["openChange"] == under_way["status"]


def test_a_key_is_shown_to_its_owner_and_each_reading_is_recorded(office: Office) -> None:
    office.bought(2)
    first, second = office.licences()
    answer = office.ask(f"/licenses/{first['id']}/key")
    assert answer.json is not None
    sold = {entry["id"]: entry["key"] for sale in office.simulator.live() for entry in sale["answer"]["licenseKeys"]}
    assert answer.json == {"licenseId": first["id"], "key": sold[first["id"]]}
    assert answer.headers["Cache-Control"] == "no-store"
    office.ask(f"/licenses/{first['id']}/key")
    rows = office.world.admin.execute("SELECT license_id::text, subject FROM license_key_reading").fetchall()
    assert rows == [(first["id"], office.world.subject("liffey"))] * 2
    assert office.get(f"/licenses/{second['id']}/key")["key"] == sold[second["id"]]


def test_a_key_stands_nowhere_but_where_it_is_asked_for(office: Office) -> None:
    office.bought(1)
    [licence] = office.licences()
    office.extend(licence, date.fromisoformat(licence["validToDate"]) + timedelta(days=3))
    key = office.get(f"/licenses/{licence['id']}/key")["key"]
    told = [
        office.ask(path).text
        for path in ("/licenses", f"/licenses/{licence['id']}", f"/licenses/{licence['id']}/history")
    ]
    kept = [str(row) for row in office.world.admin.execute("SELECT body FROM outbox").fetchall()]
    assert not [text for text in (*told, *kept) if key in text]
