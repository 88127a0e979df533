"""Customers see and touch their own cases alone; support sees everybody's, and what happened behind them."""

from uuid import uuid4

import pytest

from tests.integration.conftest import Aws, World
from tests.integration.invoices.conftest import Lookup
from tests.integration.support.conftest import AGENT, WHO, Helpdesk, done
from tests.support.pipeline import Pipeline


@pytest.fixture
def shop(world: World, aws: Aws) -> Lookup:
    return Lookup(world, Pipeline(world, aws))


def test_a_case_of_another_customer_is_not_there(helpdesk: Helpdesk, world: World) -> None:
    case = helpdesk.open()["id"]
    assert helpdesk.get(who="mueller") == {"cases": [], "next": None}
    assert helpdesk.get(who="mueller", customerId=str(world.customer("liffey").id))["cases"] == []
    for method, path, body in (
        ("GET", f"/{case}", None),
        ("GET", f"/{case}/messages", None),
        ("POST", f"/{case}/messages", {"body": "mine"}),
        ("POST", f"/{case}/close", None),
    ):
        assert helpdesk.ask(method, path, body, who="mueller").status_code == 404
    assert [one["id"] for one in helpdesk.get(who=WHO)["cases"]] == [case]
    assert helpdesk.get(f"/{case}")["status"] == "OPEN"
    assert len(helpdesk.letters()) == 1


def test_the_database_itself_keeps_customers_apart(helpdesk: Helpdesk, world: World) -> None:
    case = helpdesk.open()["id"]

    def rows(key: str, query: str) -> int:
        with world.database.tenant(world.customer(key).id) as connection:
            return connection.execute(query.encode(), {"case": case}).rowcount

    for query in ("SELECT FROM support_case", "SELECT FROM case_message", "UPDATE support_case SET status = 'CLOSED'"):
        assert (rows("liffey", query), rows("mueller", query)) == (1, 0)
    for forbidden in (
        "SELECT FROM case_event",
        "UPDATE support_case SET customer_id = customer_id",
        "DELETE FROM support_case",
        "UPDATE case_message SET body = 'x'",
    ):
        with pytest.raises(Exception, match="permission denied"):
            rows("liffey", forbidden)
    intruding = (
        "INSERT INTO case_message (id, case_id, author, author_id, body)"
        " VALUES (gen_random_uuid(), %(case)s, 'CUSTOMER', gen_random_uuid(), 'x')"
    )
    with pytest.raises(Exception, match="row-level security"):
        rows("mueller", intruding)


def test_a_case_is_about_things_of_its_own_customer_alone(helpdesk: Helpdesk, shop: Lookup, world: World) -> None:
    shop.order("mueller")
    order, invoice, license_ = (
        str(world.value(query))
        for query in ("SELECT id FROM sales_order", "SELECT id FROM invoice", "SELECT id FROM license LIMIT 1")
    )
    own = helpdesk.open(who="mueller", orderId=order, invoiceId=invoice, licenseId=license_)
    assert (own["orderId"], own["invoiceId"], own["licenseId"]) == (order, invoice, license_)
    case = helpdesk.open()["id"]
    version = helpdesk.ask("GET", f"/{case}").headers["ETag"]
    for link in ({"orderId": order}, {"invoiceId": invoice}, {"licenseId": license_}, {"orderId": str(uuid4())}):
        body = {"subject": "Help", "message": "x"} | link
        refused = helpdesk.ask("POST", "", body)
        assert (refused.status_code, next(iter(link)) in refused.text) == (404, True)
        assert helpdesk.ask("PATCH", f"/{case}", link, who=WHO, version=version).status_code == 404
    assert len(helpdesk.letters()) == 3


def test_customers_do_not_do_support_s_work_nor_support_theirs(helpdesk: Helpdesk) -> None:
    case = helpdesk.open()["id"]
    assert helpdesk.ask("PATCH", f"/{case}", {"priority": "LOW"}, version='"1"').status_code == 403
    assert helpdesk.ask("GET", f"/{case}/timeline").status_code == 403
    assert helpdesk.ask("POST", "", {"subject": "Help", "message": "x"}, who=WHO).status_code == 403
    assert helpdesk.ask("POST", f"/{case}/close", who=WHO).status_code == 403


def test_support_finds_cases_by_what_is_known_of_them(helpdesk: Helpdesk, world: World) -> None:
    first = helpdesk.open("Printer on fire")
    second = helpdesk.open("Licence keys refused", who="mueller")
    helpdesk.change(first["id"], assignee=str(AGENT), status="RESOLVED")

    def found(who: str = WHO, **query: str) -> list[str]:
        return [case["id"] for case in helpdesk.get(who=who, **query)["cases"]]

    assert found() == [second["id"], first["id"]]
    assert found(status="RESOLVED") == found(assignee=str(AGENT)) == found(assigned="true") == [first["id"]]
    assert found(status="OPEN") == found(assigned="false") == [second["id"]]
    assert found(customerId=str(world.customer("mueller").id)) == [second["id"]]
    assert found(reference=second["reference"]) == found(text="licence refused") == [second["id"]]
    assert found(text="fire -printer") == found(text="smoke") == found(reference="CASE-999999") == []
    assert found(who="liffey", text="fire") == [first["id"]]
    assert helpdesk.ask("GET", who=WHO, reference="CASE-x").status_code == 400


def test_pages_show_each_case_and_each_message_once(helpdesk: Helpdesk) -> None:
    cases = [helpdesk.open(f"Case {number}")["id"] for number in range(5)]
    for number in range(4):
        helpdesk.write(cases[0], f"{number}")
    for path, name in (("", "cases"), (f"/{cases[0]}/messages", "messages")):
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = helpdesk.get(path, who=WHO, limit="2", **cursor)
            seen += [one["id"] for one in page[name]]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        assert len(seen) == len(set(seen)) == 5


def test_the_timeline_shows_support_what_happened_to_the_case_and_to_its_order(
    helpdesk: Helpdesk, shop: Lookup, world: World
) -> None:
    shop.order()
    order = str(world.value("SELECT id FROM sales_order"))
    case = helpdesk.open(orderId=order)["id"]
    shop.turn("email")
    helpdesk.write(case, "Which ones?", who=WHO)
    told = helpdesk.get(f"/{case}/timeline", who=WHO)
    assert [(event["field"], event["value"]) for event in told["events"]] == [
        ("status", "OPEN"),
        ("status", "WAITING_FOR_CUSTOMER"),
        ("assignee", str(AGENT)),
    ]
    assert [mail["state"] for mail in told["mails"]] == ["SENT", "WAITING"]
    shown = told["order"]
    assert (shown["id"], shown["state"]) == (order, "EMAILED")
    assert [entry["state"] for entry in shown["history"]] == [
        "RESERVED",
        "CONFIRMED",
        "INVOICED",
        "DOCUMENTED",
        "EMAILED",
    ]
    assert [(stage["stage"], stage["status"]) for stage in shown["stages"]] == [
        ("invoice", "done"),
        ("document", "done"),
        ("email", "done"),
    ]
    assert [document["number"] for document in shown["documents"]] == ["EU-000001"]
    assert [(mail["number"], mail["state"]) for mail in shown["mails"]] == [(1, "SENT")]


@pytest.mark.parametrize(
    ("link", "query"), [("invoiceId", "SELECT id FROM invoice"), ("licenseId", "SELECT id FROM license LIMIT 1")]
)
def test_the_order_of_an_invoice_or_a_licence_is_found(
    helpdesk: Helpdesk, shop: Lookup, world: World, link: str, query: str
) -> None:
    shop.order()
    case = helpdesk.open(**{link: str(world.value(query))})["id"]
    order = done(helpdesk.ask("GET", f"/{case}/timeline", who=WHO))["order"]
    assert order["id"] == str(world.value("SELECT id FROM sales_order"))
    other = helpdesk.open()["id"]
    assert helpdesk.get(f"/{other}/timeline", who=WHO)["order"] is None
