"""What operators may send, and what is refused."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from werkzeug.datastructures import MultiDict

from services.common.api.idempotency import fingerprint
from services.common.errors import InvalidRequest
from services.orchestrator.commands import BulkRestart, Discard, Redrive, Restart
from services.orchestrator.cursors import BatchCursor, OrderCursor
from services.orchestrator.queries import OrdersQuery

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_write_is_dry_unless_it_says_otherwise() -> None:
    assert Restart.parse(b"{}").dry_run
    assert BulkRestart.parse(b'{"filter": {}}').dry_run
    assert Redrive.parse(b"{}").dry_run


BAD = [
    {"dryRun": False},
    {"dryRun": False, "reason": "  "},
    {"dryRun": False, "reason": ""},
    {"dryRun": "false", "reason": "fixed"},
    {"dryRun": 0, "reason": "fixed"},
    {"stage": "sale"},
    {"reason": "x" * 501},
    {"reason": "a\0b"},
    {"reason": "two\nlines"},
    {"reason": "\u202e\u200b"},
    {"reason": "\u202egnp.exe"},
    {"reason": "\ud800"},
    {"reason": "..."},
    {"force": True},
]


@pytest.mark.parametrize("body", BAD, ids=map(str, BAD))
def test_a_bad_write_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest):
        Restart.parse(json.dumps(body).encode())


def test_a_discard_is_the_same_request_on_every_instance() -> None:
    """Whatever the order of its messages, and without a set's order, which every process draws anew."""
    given = ("7", "3", "5", "3")
    commands = [Discard.parse(json.dumps({"messages": order}).encode()) for order in (given, given[::-1])]
    assert [command.messages for command in commands] == [("3", "5", "7")] * 2
    assert len({fingerprint(command) for command in commands}) == 1


def test_a_cursor_comes_back_as_it_was_given() -> None:
    cursor = OrderCursor(at=datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC), id=UUID(int=7))
    assert OrdersQuery.read(MultiDict({"cursor": cursor.encode()})).cursor == cursor


@pytest.mark.parametrize(
    "parameters",
    [
        {"cursor": "nonsense"},
        {"cursor": "e30="},
        {"cursor": "\N{SNOWMAN}"},
        {"limit": "0"},
        {"limit": "101"},
        {"state": "LOST"},
        {"minAgeSeconds": "-1"},
        {"minAgeSeconds": "99999999999"},
        {"tenant": "x"},
        {"reason": "a\0b"},
        {"stage": "sale"},
        {"cursor": "x" * 10_000},
        {"cursor": BatchCursor(at=NOON, id=UUID(int=1), paced_until=NOON).encode()},
        {"state": ["PARKED", "EMAILED"]},
    ],
    ids=str,
)
def test_a_bad_question_is_refused(parameters: dict[str, str]) -> None:
    with pytest.raises(InvalidRequest):
        OrdersQuery.read(MultiDict(parameters))
