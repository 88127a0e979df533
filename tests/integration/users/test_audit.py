"""Who changed people and companies: each change leaves one entry, which nobody alters and no other company sees."""

from typing import Any
from uuid import uuid4

import psycopg
import pytest

from services.registry import Caller
from tests.integration.conftest import World
from tests.integration.users.conftest import STAFF, Office, other, staff


def entries(office: Office, *, who: str | None = None, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = office.get("/audit", who=who, **query)["entries"]
    return found


def told(office: Office, **query: str) -> list[tuple[str, dict[str, tuple[str | None, str | None]]]]:
    """Each action with what became of which field, the newest first."""
    return [
        (entry["action"], {one["field"]: (one["before"], one["after"]) for one in entry["changes"]})
        for entry in entries(office, **query)
    ]


def test_what_is_done_about_somebody_is_told_with_who_did_it(office: Office) -> None:
    person = office.join()
    office.change(f"/people/{person}", {"role": "ADMIN"})
    office.call("POST", f"/people/{person}/deactivate")
    office.call("POST", f"/people/{person}/reactivate")
    assert told(office, personId=person)[:3] == [
        ("REACTIVATED", {"state": ("DEACTIVATED", "ACTIVE")}),
        ("DEACTIVATED", {"state": ("ACTIVE", "DEACTIVATED")}),
        ("CHANGED", {"role": ("USER", "ADMIN")}),
    ]
    action, fields = told(office, personId=person)[3]
    assert (action, fields["role"], fields["email"]) == (
        "INVITED",
        (None, "USER"),
        (None, "ciaran@liffey-shipping.example"),
    )
    admin = office.world.value("SELECT id FROM app_user WHERE subject = %s", office.world.subject("liffey"))
    assert {(entry["actor"], entry["actorId"]) for entry in entries(office)} == {("CUSTOMER", str(admin))}


def test_a_company_s_tax_id_and_access_are_told_whoever_changes_them(office: Office) -> None:
    company = str(office.world.customer("liffey").id)
    office.change("/company", {"vatId": None, "address": ["1 Quay Street", "Limerick"]})
    office.change(f"/customers/{company}", {"vatId": "IE6433435F", "note": "pays late"}, who=staff())
    office.call("POST", f"/customers/{company}/deactivate", who=staff())
    found = entries(office, who=staff(), customerId=company)
    assert [(entry["action"], entry["personId"], entry["actor"]) for entry in found] == [
        ("DEACTIVATED", None, "STAFF"),
        ("CHANGED", None, "STAFF"),
        ("CHANGED", None, "CUSTOMER"),
    ]
    assert found[1]["changes"] == [{"field": "vatId", "before": None, "after": "IE6433435F"}]
    assert [one["field"] for one in found[2]["changes"]] == ["address", "vatId"]
    assert {entry["actorId"] for entry in found[:2]} == {str(STAFF)}
    assert "pays late" not in str(found)


def test_a_company_is_told_of_from_its_beginning(office: Office) -> None:
    new = {
        "legalEntity": "EU",
        "companyName": "New Ltd",
        "firstName": "Ada",
        "lastName": "New",
        "email": "office@new.example",
        "address": ["1 New Street"],
        "country": "IE",
        "administrator": {"email": "ada@new.example", "firstName": "Ada", "lastName": "New"},
    }
    answer: Any = office.call("POST", "/customers", new, who=staff())
    assert answer.status_code == 201
    found = entries(office, who=staff(), customerId=answer.json["id"])
    assert [(entry["action"], entry["personId"]) for entry in found] == [
        ("INVITED", answer.json["administrators"][0]["id"]),
        ("CREATED", None),
    ]
    assert {"field": "companyName", "before": None, "after": "New Ltd"} in found[1]["changes"]


def test_what_changes_nothing_and_what_is_refused_leave_no_entry(office: Office) -> None:
    person = office.join()
    before = entries(office)
    assert office.change(f"/people/{person}", {"role": "USER"}).status_code == 200
    assert office.call("POST", f"/people/{person}/reactivate").status_code == 200
    admin = office.world.value("SELECT id FROM app_user WHERE subject = %s", office.world.subject("liffey"))
    assert office.call("POST", f"/people/{admin}/deactivate").status_code == 409
    assert office.call("PATCH", f"/people/{person}", {"role": "ADMIN"}, If_Match='"99"').status_code == 412
    assert entries(office) == before


def test_a_repetition_under_the_same_key_leaves_one_entry(office: Office) -> None:
    person, key = office.join(), str(uuid4())
    for _ in range(2):
        assert office.call("POST", f"/people/{person}/deactivate", Idempotency_Key=key).status_code == 200
    assert [action for action, _ in told(office, personId=person)].count("DEACTIVATED") == 1


def test_administrators_see_their_own_company_s_entries_and_operators_everybody_s(office: Office) -> None:
    office.invite()
    office.change("/company", {"vatId": None}, who=other(office.world))
    mine, theirs = (str(office.world.customer(key).id) for key in ("liffey", "siam"))
    assert {entry["customerId"] for entry in entries(office)} == {mine}
    assert entries(office, customerId=theirs) == []
    assert {entry["customerId"] for entry in entries(office, who=staff())} == {mine, theirs}
    user = office.subject(office.join(email="nora@liffey-shipping.example"))
    for who in (user, staff(Caller.SUPPORT)):
        assert office.call("GET", "/audit", who=who).status_code == 403


def test_the_audit_is_read_page_by_page(office: Office) -> None:
    person = office.join()
    for role in ("ADMIN", "USER", "ADMIN"):
        office.change(f"/people/{person}", {"role": role})
    whole, page = entries(office), office.get("/audit", limit="3")
    read = page["entries"]
    while page["next"]:
        page = office.get("/audit", limit="3", cursor=page["next"])
        read += page["entries"]
    assert len(read) > 3
    assert read == whole


@pytest.mark.parametrize("statement", ["UPDATE company_change SET actor_id = id", "DELETE FROM company_change"])
def test_nobody_alters_an_entry(office: Office, world: World, statement: str) -> None:
    office.invite()
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"),
        world.database.transaction() as connection,
    ):
        connection.execute(statement.encode())
