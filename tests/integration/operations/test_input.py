"""Whatever an operator's client sends, the answer is a problem that says what is wrong, and never a traceback."""

import base64
import json
from typing import Any

import pytest

from services.common.errors import PROBLEM_BASE
from tests.support.desk import Desk, headers

ORDER = "300dd598-3b17-4ca8-b23a-a4400f0cc71e"


def cursor(**members: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(members).encode()).decode()


QUESTIONS = [
    "/orders?reason=%00",
    "/orders?reason=a%00b",
    "/orders?reason=",
    "/orders?state=PARKED&state=EMAILED",
    "/orders?customer=liffey",
    "/orders?limit=99999999999999999999",
    "/orders?cursor=%00",
    "/orders?cursor=AA",
    f"/orders?cursor={'A' * 4000}",
    f"/orders?cursor={cursor(at='infinity', id=ORDER)}",
    f"/orders?cursor={cursor(at='2026-01-01T00:00:00', id=ORDER)}",
    f"/orders?cursor={cursor(at='2026-01-01T00:00:00Z', id='x')}",
    f"/payloads/expiring?cursor={cursor(at='2026-01-01T00:00:00Z', path='%00')}",
    "/payloads/expiring?days=31",
    "/payloads/expiring?finished=perhaps",
]


@pytest.mark.parametrize("path", QUESTIONS, ids=range(len(QUESTIONS)))
def test_a_bad_question_is_refused(desk: Desk, path: str) -> None:
    problem(desk, "GET", path, 400)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_cursor_at_the_end_of_time_is_only_an_empty_or_a_full_page(desk: Desk, at: str) -> None:
    desk.order()
    assert len(desk.get("/orders", cursor=cursor(at=at, id=ORDER))["orders"]) == (1 if at < "1" else 0)


BODIES = [
    b"",
    b"null",
    b"[]",
    b"\xff",
    b"[" * 30_000,
    b'{"reason": "x", "reason": "y"}',
    b'{"dryRun": false, "reason": "\\u0000"}',
    b'{"dryRun": false, "reason": "\\ud800"}',
    b'{"dryRun": false, "reason": "\\u202e\\u200b"}',
    b'{"dryRun": false, "reason": "..."}',
    b'{"dryRun": "false", "reason": "x"}',
    b'{"dryRun": null}',
    b'{"force": true}',
]
WRITES = [
    f"/orders/{ORDER}/restart",
    f"/orders/{ORDER}/resend",
    f"/orders/{ORDER}/credit-notes",
    "/restarts",
    "/dead-letters/invoice/redrive",
    "/dead-letters/invoice/discard",
    f"/payloads/{ORDER}/{ORDER}/invoice/x.json/extend",
]


@pytest.mark.parametrize("path", WRITES)
def test_a_bad_body_is_refused_on_every_route(desk: Desk, path: str) -> None:
    for body in BODIES:
        problem(desk, "POST", path, 400, data=body, content_type="application/json")
    problem(desk, "POST", path, 413, data=b'{"reason": "' + b"x" * 70_000 + b'"}', content_type="application/json")
    problem(desk, "POST", path, 415, data=b"{}", content_type="text/plain")
    for key in ("", "\xe4", "x" * 256):
        problem(desk, "POST", path, 400, json={}, headers={"Idempotency-Key": key})
    assert desk.audited() == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"filter": None},
        {"filter": {"reason": "\0"}},
        {"filter": {"reason": "\ud800"}},
        {"filter": {}, "limit": 0},
        {"filter": {}, "limit": True},
        {"filter": {}, "limit": "5"},
        {"filter": {}, "perMinute": 0},
        {"filter": {}, "perMinute": 1.5},
        {"filter": {}, "cursor": cursor(at="2026-01-01T00:00:00Z", id=ORDER)},
        {"filter": {}, "cursor": 7},
    ],
    ids=str,
)
def test_a_bad_filter_or_pace_is_refused(desk: Desk, body: dict[str, object]) -> None:
    problem(desk, "POST", "/restarts", 400, json=body)


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_no_cursor_puts_a_hand_over_off_for_ever(desk: Desk, when: str) -> None:
    desk.park()
    forged = cursor(at="2020-01-01T00:00:00Z", id=ORDER, paced_until=when)
    desk.do("/restarts", filter={"state": "PARKED"}, cursor=forged)
    assert desk.world.value("SELECT max(due_at) < now() + interval '8 days' FROM outbox WHERE consumed_at IS NULL")


@pytest.mark.parametrize("name", ["..", "%2e%2e", "..%2f..", "a%00b", "x" * 2000, "%F0%9F%98%80.json"])
def test_a_path_that_is_none_is_not_found(desk: Desk, name: str) -> None:
    problem(desk, "GET", f"/payloads/{ORDER}/{ORDER}/invoice/{name}", 404)
    problem(desk, "POST", f"/payloads/{ORDER}/{ORDER}/invoice/{name}/extend", 404, json={})


def test_what_does_not_exist_is_not_found(desk: Desk) -> None:
    problem(desk, "GET", "/orders/zz", 404)
    problem(desk, "GET", f"/orders/{ORDER}", 404)
    problem(desk, "POST", f"/orders/{ORDER}/restart", 404, json={"dryRun": False, "reason": "x"})
    problem(desk, "POST", f"/orders/{ORDER}/resend", 404, json={})
    problem(desk, "POST", "/dead-letters/%00/redrive", 404, json={})
    problem(desk, "PUT", "/orders", 405)


def problem(desk: Desk, method: str, path: str, status: int, **given: Any) -> None:
    given["headers"] = headers() | given.get("headers", {})
    answer = desk.client.open(f"/operations{path}", method=method, **given)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.data
    shown = json.loads(answer.data)
    assert shown["type"].startswith(PROBLEM_BASE)
    assert shown["detail"]
