"""A case from its opening to its end, told to its customer by mail at every step."""

import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from local.machine.postgres import Postgres
from services.common.database import Database
from services.registry import Caller
from tests.integration.conftest import World
from tests.integration.support.conftest import AGENT, WHO, Helpdesk
from tests.support.postgres import settings_of


def test_a_case_is_opened_and_its_receipt_confirmed_by_mail(helpdesk: Helpdesk, world: World) -> None:
    answer = helpdesk.ask("POST", "", {"subject": "Help", "message": "It fails.", "priority": "HIGH"})
    case = answer.json
    assert case is not None
    assert answer.headers["Location"] == f"/cases/{case['id']}"
    assert (case["status"], case["priority"], case["assignee"]) == ("OPEN", "HIGH", None)
    assert case["openedBy"] == str(helpdesk.user("liffey"))
    assert case["companyName"] == world.customer("liffey").company
    shown = helpdesk.ask("GET", f"/{case['id']}")
    assert (shown.json, shown.headers["ETag"]) == (case, answer.headers["ETag"])
    [message] = helpdesk.get(f"/{case['id']}/messages")["messages"]
    assert (message["author"], message["body"]) == ("CUSTOMER", "It fails.")
    [(to, title, _)] = helpdesk.letters()
    assert to == world.value("SELECT email FROM app_user WHERE id = %s", helpdesk.user("liffey"))
    assert title == f"[{case['reference']}] Help"


def test_both_sides_write_until_it_is_resolved(helpdesk: Helpdesk) -> None:
    case = helpdesk.open()["id"]
    helpdesk.write(case, "Which ones?", who=WHO)
    shown = helpdesk.get(f"/{case}")
    assert (shown["status"], shown["assignee"]) == ("WAITING_FOR_CUSTOMER", str(AGENT))
    helpdesk.write(case, "The last two.")
    assert helpdesk.get(f"/{case}")["status"] == "WAITING_FOR_SUPPORT"
    assert helpdesk.change(case, status="RESOLVED")["status"] == "RESOLVED"
    helpdesk.write(case, "They fail again.")
    assert helpdesk.get(f"/{case}")["status"] == "WAITING_FOR_SUPPORT"
    bodies = [message["body"] for message in helpdesk.get(f"/{case}/messages", who=WHO)["messages"]]
    assert bodies == ["Please help.", "Which ones?", "The last two.", "They fail again."]
    received, answered, resolved = (body for _, _, body in helpdesk.letters())
    assert "We have received" in received
    assert "Which ones?" in answered
    assert "is resolved" in resolved


def test_a_closed_case_takes_nothing_more(helpdesk: Helpdesk) -> None:
    case = helpdesk.open()["id"]
    for _ in range(2):
        assert helpdesk.ask("POST", f"/{case}/close").json["status"] == "CLOSED"  # type: ignore[index]
    assert len(helpdesk.letters()) == 2
    for who in ("liffey", WHO):
        refused = helpdesk.ask("POST", f"/{case}/messages", {"body": "Hello?"}, who=who)
        assert (refused.status_code, "open a new one" in refused.text) == (409, True)
    version = helpdesk.ask("GET", f"/{case}").headers["ETag"]
    assert helpdesk.ask("PATCH", f"/{case}", {"status": "RESOLVED"}, who=WHO, version=version).status_code == 409
    assert len(helpdesk.letters()) == 2


def test_support_changes_what_is_given_and_leaves_the_rest(helpdesk: Helpdesk) -> None:
    case = helpdesk.open(priority="LOW")["id"]
    changed = helpdesk.change(case, assignee=str(AGENT), priority="URGENT")
    assert (changed["assignee"], changed["priority"], changed["status"]) == (str(AGENT), "URGENT", "OPEN")
    assert helpdesk.change(case, priority="LOW")["assignee"] == str(AGENT)
    assert helpdesk.change(case, assignee=None, priority=None)["priority"] == "LOW"
    assert helpdesk.get(f"/{case}")["assignee"] is None
    assert len(helpdesk.letters()) == 1


def test_a_case_is_given_to_an_agent_who_exists(helpdesk: Helpdesk, world: World) -> None:
    case, colleague = helpdesk.open()["id"], uuid4()

    def give(assignee: object) -> TestResponse:
        version = helpdesk.ask("GET", f"/{case}", who=WHO).headers["ETag"]
        return helpdesk.ask("PATCH", f"/{case}", {"assignee": str(assignee)}, who=WHO, version=version)

    for nobody in (colleague, world.subject("liffey"), helpdesk.user("liffey")):
        refused: Any = give(nobody)
        assert (refused.status_code, refused.json["type"].rpartition("/")[2]) == (422, "not-an-agent")
    assert helpdesk.get(f"/{case}")["assignee"] is None
    helpdesk.get()
    assert give(world.subject("liffey")).status_code == 422, "a customer's look at the list makes no agent"
    looked = helpdesk.client.get("/cases", headers={"Authorization": f"Bearer {colleague} {Caller.SUPPORT}"})
    assert looked.status_code == 200
    assert give(colleague).json["assignee"] == str(colleague)  # type: ignore[index]
    world.admin.execute("DELETE FROM support_agent")
    assert helpdesk.change(case, assignee=str(colleague), priority="LOW")["priority"] == "LOW", "theirs already"


def test_who_has_not_seen_the_present_state_changes_nothing(helpdesk: Helpdesk) -> None:
    case = helpdesk.open()["id"]
    seen = helpdesk.ask("GET", f"/{case}", who=WHO).headers["ETag"]
    helpdesk.write(case, "One thing more.")
    late = helpdesk.ask("PATCH", f"/{case}", {"status": "RESOLVED"}, who=WHO, version=seen)
    assert late.status_code == 412
    assert helpdesk.ask("PATCH", f"/{case}", {"status": "RESOLVED"}, who=WHO).status_code == 428
    assert helpdesk.get(f"/{case}")["status"] == "OPEN"


def test_of_many_who_change_what_they_have_seen_one_does(helpdesk: Helpdesk, server: Postgres) -> None:
    case = helpdesk.open()["id"]
    seen = helpdesk.ask("GET", f"/{case}", who=WHO).headers["ETag"]

    def change(desk: Helpdesk) -> int:
        return desk.ask("PATCH", f"/{case}", {"status": "RESOLVED"}, who=WHO, version=seen).status_code

    with ExitStack() as pods, ThreadPoolExecutor(4) as agents:
        databases = [pods.enter_context(closing(Database(settings_of(server), size=1))) for _ in range(4)]
        desks = [Helpdesk(helpdesk.world, database) for database in databases]
        assert sorted(agents.map(change, desks)) == [200, 412, 412, 412]
    assert len(helpdesk.letters()) == 2


def test_a_request_that_is_repeated_under_its_key_has_one_effect(helpdesk: Helpdesk, world: World) -> None:
    body = {"subject": "Help", "message": "It fails."}
    first, second = (helpdesk.ask("POST", "", body, key="k") for _ in range(2))
    assert first.data == second.data
    case = first.json["id"]  # type: ignore[index]
    for who in ("liffey", WHO):
        answers = {helpdesk.ask("POST", f"/{case}/messages", {"body": "Hm."}, who=who, key="m").data for _ in range(2)}
        assert len(answers) == 1
    seen = helpdesk.ask("GET", f"/{case}").headers["ETag"]
    change = {"assignee": None}
    changed = [helpdesk.ask("PATCH", f"/{case}", change, who=WHO, key="p", version=seen) for _ in range(2)]
    assert [answer.status_code for answer in changed] == [200, 200]
    other = helpdesk.ask("PATCH", f"/{case}", {}, who=WHO, key="p", version=seen)
    assert other.status_code == 422
    assert world.value("SELECT count(*) FROM case_message") == 3
    assert len(helpdesk.letters()) == 2


def test_mails_go_to_the_company_once_the_person_has_left(helpdesk: Helpdesk, world: World) -> None:
    case = helpdesk.open()["id"]
    world.admin.execute("UPDATE app_user SET state = 'DEACTIVATED' WHERE id = %s", (helpdesk.user("liffey"),))
    world.admin.execute("UPDATE customer SET email = 'office@liffey.example' WHERE country = 'IE'")
    helpdesk.write(case, "Which ones?", who=WHO)
    assert [to for to, _, _ in helpdesk.letters()][1] == "office@liffey.example"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"subject": "Help"},
        {"subject": " ", "message": "x"},
        {"subject": "Help\r\nBcc: all@liffey.example", "message": "x"},
        {"subject": "Help", "message": ""},
        {"subject": "Help", "message": "x" * 10_001},
        {"subject": "Help", "message": "x", "priority": "NOW"},
        {"subject": "Help", "message": "x", "orderId": 7},
        {"subject": "Help", "message": "x", "status": "CLOSED"},
    ],
)
def test_a_case_that_is_none_is_refused(helpdesk: Helpdesk, body: dict[str, object]) -> None:
    assert helpdesk.ask("POST", "", body).status_code == 400
    assert helpdesk.letters() == []


def test_what_people_write_stands_in_no_log(helpdesk: Helpdesk, caplog: pytest.LogCaptureFixture) -> None:
    canary = f"canary-{uuid4()}"
    with caplog.at_level(logging.DEBUG):
        case = helpdesk.open(canary, message=canary)["id"]
        for who in ("liffey", WHO):
            helpdesk.write(case, canary, who=who)
        assert helpdesk.ask("POST", f"/{case}/messages", {"body": f"{canary}\x00"}).status_code == 400
        helpdesk.get(text=canary)
    assert canary not in caplog.text
