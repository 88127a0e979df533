"""`/accounts`: names within a company, versions, and accounts that licences know."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from tests.integration.conftest import World
from tests.integration.users.conftest import Office, other

OFFICE = {"name": "Limerick office", "description": "everybody\nashore"}


def opened(office: Office, **account: str) -> str:
    answer = office.call("POST", "/accounts", {**OFFICE, **account})
    assert answer.status_code == 201, answer.data
    return answer.headers["Location"]


def assigned(world: World, account: str | None, license_id: UUID, days_ago: int = 0) -> None:
    world.admin.execute(
        "INSERT INTO license_account (license_id, account_id, created_at) VALUES (%s, %s, now() - %s)",
        (license_id, account, timedelta(days=days_ago)),
    )


def licensed(world: World) -> UUID:
    """A licence of liffey's, of no order: what brought it does not matter here."""
    license_id, item = uuid4(), uuid4()
    world.admin.execute(
        """
        INSERT INTO subscription_item (id, subscription_id, sales_product_id, product_name, quantity)
        SELECT %s, %s, id, name, 1 FROM sales_product LIMIT 1
        """,
        (item, world.customer("liffey").subscription_id),
    )
    world.admin.execute(
        "INSERT INTO license (id, subscription_item_id, customer_id, key) VALUES (%s, %s, %s, 'K')",
        (license_id, item, world.customer("liffey").id),
    )
    world.admin.execute("INSERT INTO license_valid_to_date VALUES (%s, %s)", (license_id, date(2027, 1, 1)))
    return license_id


def test_an_account_is_opened_shown_changed_and_deleted(office: Office) -> None:
    account = opened(office)
    shown = office.call("GET", account)
    assert (shown.json and shown.json["description"], shown.headers["ETag"]) == ("everybody\nashore", '"1"')
    changed = office.change(account, {"name": "Cork office"})
    assert (changed.json and changed.json["name"], changed.headers["ETag"]) == ("Cork office", '"2"')
    assert office.call("DELETE", account, If_Match='"1"').status_code == 412
    assert office.call("DELETE", account).status_code == 428
    for _ in range(2):
        gone = office.call("DELETE", account, If_Match='"2"', Idempotency_Key="k")
        assert (gone.status_code, gone.data) == (204, b"")
    assert office.call("GET", account).status_code == 404
    assert office.call("DELETE", account, If_Match='"2"').status_code == 404


def test_a_name_is_free_at_every_other_company(office: Office, world: World) -> None:
    opened(office)
    assert office.call("POST", "/accounts", OFFICE).status_code == 409
    assert office.call("POST", "/accounts", OFFICE, who=other(world)).status_code == 201
    another = opened(office, name="Cork office")
    refused = office.change(another, {"name": OFFICE["name"]})
    assert (refused.status_code, OFFICE["name"] in refused.text) == (409, True)


def test_accounts_are_listed_page_by_page_and_found_by_name(office: Office, world: World) -> None:
    names = ["A", "B", "C", "D"]
    for name in names:
        opened(office, name=name)
    listed, cursor = [], None
    while True:
        page = office.get("/accounts", limit="2", **({"cursor": cursor} if cursor else {}))
        listed += [account["name"] for account in page["accounts"]]
        if (cursor := page["next"]) is None:
            break
    assert listed == [f"{world.customer('liffey').company} (main account)", *names]
    assert [account["name"] for account in office.get("/accounts", name="C")["accounts"]] == ["C"]


def test_the_accounts_of_another_company_do_not_exist(office: Office, world: World) -> None:
    account, stranger = opened(office), other(world)
    assert office.call("GET", account, who=stranger).status_code == 404
    assert office.call("PATCH", account, {"name": "mine"}, who=stranger, If_Match='"1"').status_code == 404
    assert office.call("DELETE", account, who=stranger, If_Match='"1"').status_code == 404
    assert office.get("/accounts", name=OFFICE["name"], who=stranger)["accounts"] == []


def test_an_account_that_holds_licences_stays(office: Office, world: World) -> None:
    account, license_id = opened(office), licensed(world)
    assigned(world, account.rpartition("/")[2], license_id, days_ago=2)
    refused = office.call("DELETE", account, If_Match='"1"')
    assert (refused.status_code, "move or revoke them first" in refused.text) == (409, True)
    assigned(world, None, license_id, days_ago=1)
    refused = office.call("DELETE", account, If_Match='"1"')
    assert (refused.status_code, "history names it" in refused.text) == (409, True)


@pytest.mark.parametrize(
    "body", [{}, {"name": " "}, {"name": "x" * 201}, {"name": "x", "description": "\x07"}, {"name": "x", "id": 1}]
)
def test_what_is_no_account_is_refused(office: Office, body: dict[str, object]) -> None:
    assert office.call("POST", "/accounts", body).status_code == 400
