"""`/company` for those who belong to it, and `/customers` for our staff."""

import pytest

from services.registry import Caller
from tests.integration.conftest import World
from tests.integration.users.conftest import Office, other, staff

COMPANY = {
    "legalEntity": "EU",
    "companyName": "Ørsted & Søn A/S",
    "firstName": "Karen",
    "lastName": "Blixen",
    "email": "invoices@orsted-son.example",
    "address": ["Strandvejen 1", "2100 København"],
    "country": "DK",
    "vatId": "dk 13 58 56 28",
    "administrator": {"email": "karen@orsted-son.example", "firstName": "Karen", "lastName": "Blixen"},
}


def taken_in(office: Office, **company: object) -> str:
    answer = office.call("POST", "/customers", {**COMPANY, **company}, who=staff())
    assert answer.status_code == 201, answer.data
    return answer.headers["Location"]


def test_a_company_changes_what_stands_on_its_invoices_and_nothing_else(office: Office) -> None:
    changed = office.change("/company", {"address": ["1 Quay Street", "Limerick"], "vatId": "ie 6433435f"})
    assert changed.json is not None
    assert (changed.json["address"], changed.json["vatId"]) == (["1 Quay Street", "Limerick"], "IE6433435F")
    assert office.change("/company", {"vatId": None}).json == {**changed.json, **_times(office), "vatId": None}
    strange: tuple[dict[str, object], ...] = (
        {"country": "GR"},
        {"active": False},
        {"note": "x"},
        {"customerNumber": "C-1"},
        {"address": []},
        {},
    )
    for body in strange:
        assert office.change("/company", body).status_code == 400, body
    assert office.call("PATCH", "/company", {"vatId": None}, If_Match='"1"').status_code == 412


def _times(office: Office) -> dict[str, str]:
    return {"updatedAt": office.get("/company")["updatedAt"]}


@pytest.mark.parametrize("vat_id", ["DE136695976", "IE6433435A", "12", "nonsense!"])
def test_a_vat_id_has_to_be_one_of_the_company_s_country(office: Office, vat_id: str) -> None:
    answer = office.change("/company", {"vatId": vat_id})
    assert answer.status_code == 400
    assert answer.json is not None
    assert [error["field"] for error in answer.json["errors"]] == ["vatId"]


def test_a_user_looks_at_the_company_and_staff_has_none(office: Office) -> None:
    user = office.subject(office.join())
    assert office.get("/company", who=user)["customerNumber"] == "C-1001"
    assert "note" not in office.get("/company", who=user)
    assert office.call("PATCH", "/company", {"vatId": None}, who=user, If_Match='"1"').status_code == 403
    assert office.call("GET", "/company", who=staff()).status_code == 403


def test_an_operator_takes_a_company_in_and_its_administrator_lets_the_others_in(office: Office) -> None:
    customer = office.get(taken_in(office), who=staff())
    assert (customer["vatId"], customer["seller"], customer["active"]) == ("DK13585628", "Cloud Sales Europe Ltd", True)
    assert int(customer["customerNumber"].removeprefix("C-")) >= 10_001
    [administrator] = customer["administrators"]
    assert (administrator["email"], administrator["state"]) == ("karen@orsted-son.example", "INVITED")
    office.follower.follow()
    karen = office.subject(administrator["id"])
    colleague = {"email": "isak@orsted-son.example", "firstName": "Isak", "lastName": "Dinesen"}
    assert office.call("POST", "/people", colleague, who=karen).status_code == 201
    assert [recipient for recipient, _ in office.mails()] == ["karen@orsted-son.example"]
    assert office.get("/company", who=karen)["companyName"] == "Ørsted & Søn A/S"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("legalEntity", "XX"),
        ("country", "ZZ"),
        ("vatId", "DK13585629"),
        ("address", ["one", "two", "three", "four", "five", "six"]),
        ("type", 0),
    ],
)
def test_what_is_no_company_is_refused_by_field(office: Office, world: World, field: str, value: object) -> None:
    answer = office.call("POST", "/customers", {**COMPANY, field: value}, who=staff())
    assert answer.status_code == 400
    assert answer.json is not None
    assert [error["field"] for error in answer.json["errors"]] == [field]
    assert world.value("SELECT count(*) FROM customer") == len(world.customers)


def test_an_administrator_whom_somebody_else_has_leaves_no_company_behind(office: Office, world: World) -> None:
    known = {**COMPANY["administrator"], "email": "AOIFE@liffey-shipping.example"}  # type: ignore[dict-item]
    assert office.call("POST", "/customers", {**COMPANY, "administrator": known}, who=staff()).status_code == 409
    assert world.value("SELECT count(*) FROM customer") == len(world.customers)


def test_staff_finds_customers_page_by_page_by_number_name_and_state(office: Office, world: World) -> None:
    agent = staff(Caller.SUPPORT)
    first = office.get("/customers", who=agent, limit="5")
    second = office.get("/customers", who=agent, limit="5", cursor=first["next"])
    numbers = [customer["customerNumber"] for customer in first["customers"] + second["customers"]]
    assert sorted(numbers) == [customer.number for customer in world.customers]
    assert second["next"] is None

    def found(**query: str) -> list[str]:
        return [customer["customerNumber"] for customer in office.get("/customers", who=agent, **query)["customers"]]

    assert found(customerNumber="C-2001") == ["C-2001"]
    assert found(companyName="müller &") == ["C-1004"]
    assert found(companyName="Ελλην") == ["C-1002"]
    assert found(companyName="%") == []
    assert found(active="false") == []


def test_support_reads_and_only_operators_change(office: Office) -> None:
    customer, agent = taken_in(office), staff(Caller.SUPPORT)
    assert office.call("GET", customer, who=agent).status_code == 200
    for method, path, body in (
        ("POST", "/customers", COMPANY),
        ("PATCH", customer, {"note": "x"}),
        ("POST", f"{customer}/deactivate", None),
    ):
        assert office.call(method, path, body, who=agent, If_Match='"1"').status_code == 403
        assert office.call(method, path, body, If_Match='"1"').status_code == 403


def test_with_another_country_the_vat_id_is_asked_for_anew(office: Office) -> None:
    customer = taken_in(office)
    assert office.change(customer, {"country": "SE"}, who=staff()).status_code == 400
    moved = office.change(customer, {"country": "SE", "vatId": "SE556188840401"}, who=staff())
    assert (moved.status_code, moved.json and moved.json["vatId"]) == (200, "SE556188840401")
    assert office.change(customer, {"note": "pays late"}, who=staff()).json["note"] == "pays late"  # type: ignore[index]
    assert office.change(customer, {"note": None}, who=staff()).json["note"] is None  # type: ignore[index]


def test_an_operator_invites_an_administrator_for_a_company_that_has_none_who_can(office: Office) -> None:
    customer = taken_in(office)
    isak = {"email": "isak@orsted-son.example", "firstName": "Isak", "lastName": "Dinesen"}
    assert office.change(customer, {"administrator": isak}, who=staff()).status_code == 200
    office.follower.follow()
    assert len(office.get(customer, who=staff())["administrators"]) == 2
    assert len(office.mails()) == 2


def test_a_customer_s_people_lose_and_get_back_their_access_together(office: Office, world: World) -> None:
    user = office.subject(office.join())
    customer = f"/customers/{world.customer('liffey').id}"
    for _ in range(2):
        gone = office.call("POST", f"{customer}/deactivate", who=staff())
        assert (gone.status_code, gone.json and gone.json["active"]) == (200, False)
    office.follower.follow()
    assert office.call("GET", "/company", who=user).status_code == 403
    assert office.call("GET", "/company", who=other(world)).status_code == 200
    assert not office.known().active
    assert office.get("/customers", who=staff(), active="false")["customers"][0]["customerNumber"] == "C-1001"
    assert office.call("POST", f"{customer}/reactivate", who=staff()).status_code == 200
    office.follower.follow()
    assert office.call("GET", "/company", who=user).status_code == 200
    assert office.known().active
    assert len(office.mails()) == 1
