"""The one way in: what is asked of every request, in which order, and what every answer carries."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

import pytest

from services.common.api import Gate, mount, web
from services.common.api import Service as Program
from services.common.api.quota import Quota
from services.common.database import Database
from services.common.errors import PROBLEM_BASE
from services.registry import Service
from tests.unit.common.api.conftest import OPERATIONS, THING, Desk, Verifier

CHANGE: dict[str, Any] = {"json": {"name": "b"}, "headers": {"If-Match": '"3"'}}


def problem(answer: Any) -> tuple[int, str]:
    assert answer.mimetype == "application/problem+json", answer.data
    kind = answer.json["type"].removeprefix(PROBLEM_BASE)
    assert answer.json["status"] == answer.status_code
    return answer.status_code, kind


def test_a_handler_sees_who_asks_for_what(desk: Desk) -> None:
    given = {"If-Match": '"3"', "Idempotency-Key": "k1", "X-Client-Address": "198.51.100.2"}
    assert desk.open("PATCH", THING, json={"name": "b"}, headers=given).status_code == 200
    [call] = desk.calls
    assert (call.id, call.if_match, call.address) == (UUID(THING[8:]), 3, "198.51.100.2")
    assert call.key is not None
    assert (call.key.value, call.route) == ("k1", f"PATCH {THING}")
    assert call.staff.subject == UUID(int=4711)


def test_one_address_in_another_spelling_is_the_same_request(desk: Desk) -> None:
    for path in (THING, THING.upper().replace("THINGS", "things"), f"{THING}/"):
        desk.open("DELETE", path)
    assert {call.route for call in desk.calls} == {f"DELETE {THING}"}


@pytest.mark.parametrize(
    ("method", "path", "given", "told"),
    [
        ("GET", "/things/nonsense/files/a", {}, (404, "not-found")),
        ("GET", f"/things/{THING[8:].replace('-', '')}/files/a", {}, (404, "not-found")),
        ("GET", f"{THING}/files/A", {}, (404, "not-found")),
        ("GET", f"{THING}/files/%00", {}, (404, "not-found")),
        ("GET", "/things//files/a", {}, (404, "not-found")),
        ("GET", "/nothing", {}, (404, "not-found")),
        ("GET", "/things?colour=red", {}, (400, "invalid-request")),
        ("DELETE", f"{THING}?force=1", {}, (400, "invalid-request")),
        ("PATCH", THING, {**CHANGE, "json": {"colour": 1}}, (400, "invalid-request")),
        ("PATCH", THING, {**CHANGE, "json": None, "data": b"{"}, (415, "unsupported-media-type")),
        ("PATCH", THING, {"data": b"{", "content_type": "application/json"}, (400, "malformed-body")),
        ("PATCH", THING, {"json": {"name": "x" * 70_000}}, (413, "request-entity-too-large")),
        ("PATCH", THING, {"json": {"name": "b"}}, (428, "precondition-required")),
        ("PATCH", THING, {**CHANGE, "headers": {"If-Match": "3"}}, (400, "invalid-request")),
        ("PATCH", THING, {**CHANGE, "headers": {"If-Match": 'W/"3"'}}, (400, "invalid-request")),
        ("DELETE", THING, {"headers": {"Idempotency-Key": "x" * 256}}, (400, "invalid-request")),
        ("PUT", THING, {}, (405, "method-not-allowed")),
        ("OPTIONS", THING, {}, (405, "method-not-allowed")),
        ("TRACE", "/things", {}, (405, "method-not-allowed")),
        ("GET", "/things", {"token": ""}, (401, "unauthorized")),
        ("GET", "/things", {"token": "Bearer support"}, (403, "forbidden")),
        ("PATCH", "/things/x?y=1", {"token": "", "data": b"{"}, (401, "unauthorized")),
    ],
    ids=str,
)
def test_what_is_wrong_is_a_problem_and_reaches_no_handler(
    desk: Desk, method: str, path: str, given: dict[str, Any], told: tuple[int, str]
) -> None:
    assert problem(desk.open(method, path, **given)) == told
    assert desk.calls == []


def test_an_address_that_takes_other_methods_names_them(desk: Desk) -> None:
    answer = desk.open("POST", THING)
    assert set(answer.headers["Allow"].split(", ")) == {"PATCH", "DELETE"}


def test_a_public_operation_asks_for_no_token(desk: Desk) -> None:
    assert desk.open("POST", "/sign-in", token="", json={"name": "b"}).status_code == 204
    assert desk.calls[0].caller is None


def test_a_service_is_let_in_by_its_scope_and_is_nobody_s_user(desk: Desk) -> None:
    answer = desk.open("GET", "/things", token="Bearer service cloud-sales/catalogue.read")
    assert (answer.status_code, desk.calls[0].caller) == (200, Program("bookkeeping"))
    assert desk.calls[0].claim is None


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/things", ""),
        ("GET", "/things", "cloud-sales/invoices.read"),
        ("GET", "/things", "catalogue.read"),
        ("GET", "/things", "operator"),
        ("DELETE", THING, "cloud-sales/catalogue.read"),
        ("GET", f"{THING}/files/a", "cloud-sales/catalogue.read"),
    ],
)
def test_a_service_gets_nowhere_without_the_operation_s_scope(desk: Desk, method: str, path: str, scope: str) -> None:
    assert problem(desk.open(method, path, token=f"Bearer service {scope}")) == (403, "forbidden")
    assert desk.calls == []


def test_a_service_has_a_quota_of_its_own(open_desk: Callable[[int], Desk]) -> None:
    desk, token = open_desk(1), "Bearer service cloud-sales/catalogue.read"
    assert [desk.open("GET", "/things", token=one).status_code for one in (token, "Bearer operator", token)] == [
        200,
        200,
        429,
    ]


def test_every_answer_names_its_request_and_is_for_its_caller_alone(desk: Desk) -> None:
    named = desk.open("GET", "/things", headers={"X-Request-Id": "mine-1"})
    assert named.headers["X-Request-Id"] == "mine-1"
    for other in ("", "a b", "x" * 129, "ä"):
        given = desk.open("GET", "/nothing", headers={"X-Request-Id": other}).headers["X-Request-Id"]
        assert str(UUID(given)) == given
    assert named.headers["Cache-Control"] == "no-store"
    assert named.headers["X-Content-Type-Options"] == "nosniff"


def test_an_answer_has_its_version_its_media_type_and_nothing_else_if_it_is_empty(desk: Desk) -> None:
    shown = desk.open("GET", "/things")
    assert (shown.mimetype, shown.headers["ETag"], shown.json) == ("application/json", '"3"', {"name": "a"})
    gone = desk.open("DELETE", THING)
    assert (gone.status_code, gone.data, gone.headers.get("Content-Type")) == (204, b"", None)
    head = desk.open("HEAD", "/things")
    assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", str(len(shown.data)))


def test_a_file_is_saved_under_its_name(desk: Desk) -> None:
    answer = desk.open("GET", f"{THING}/files/a")
    assert (answer.mimetype, answer.data) == ("application/pdf", b"%PDF")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="a.pdf"'


def test_a_tenant_is_told_its_quota_on_every_answer_and_refused_beyond(open_desk: Callable[[int], Desk]) -> None:
    desk = open_desk(2)
    assert desk.open("GET", "/things").headers["RateLimit"].startswith('"tenant";r=1;')
    assert desk.open("GET", "/things?colour=red").headers["RateLimit"].startswith('"tenant";r=0;')
    refused = desk.open("GET", "/things")
    assert problem(refused) == (429, "too-many-requests")
    assert refused.headers["RateLimit-Policy"] == '"tenant";q=2;w=60'
    assert int(refused.headers["Retry-After"]) >= 1
    assert desk.open("POST", "/sign-in", token="", json={"name": "b"}).status_code == 204


def test_nobody_invents_an_address_to_have_a_quota_of_their_own(open_desk: Callable[[int], Desk]) -> None:
    desk = open_desk(1)
    gateways = {"X-Client-Address": "198.51.100.2"}
    told = [
        desk.open(
            "POST", "/sign-in", token="", json={"name": "b"}, headers=gateways | {"X-Forwarded-For": f"192.0.2.{n}"}
        )
        for n in range(2)
    ]
    assert [answer.status_code for answer in told] == [204, 429]


def test_an_instance_is_an_address_even_of_a_strange_path(desk: Desk) -> None:
    assert desk.open("GET", "/no thing/é").json["instance"] == "/no%20thing/%C3%A9"


def test_operations_and_handlers_have_to_be_the_same(things: Service) -> None:
    gate = Gate(cast("Database", None), Verifier(), Quota(1))
    with pytest.raises(LookupError, match="changeThing"):
        mount(web.create_app("things", lambda: None), gate, OPERATIONS, {})
