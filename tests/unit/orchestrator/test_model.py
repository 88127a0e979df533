"""What operators may send, and what is refused."""

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from services.common.errors import InvalidRequest
from services.orchestrator.model import BulkRestart, Cursor, OrdersQuery, Redrive, Restart


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
    {"force": True},
]


@pytest.mark.parametrize("body", BAD, ids=map(str, BAD))
def test_a_bad_write_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest):
        Restart.parse(json.dumps(body).encode())


def test_a_cursor_comes_back_as_it_was_given() -> None:
    cursor = Cursor(at=datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC), id=uuid4())
    assert OrdersQuery.query({"cursor": cursor.encode()}).cursor == cursor


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
    ],
    ids=str,
)
def test_a_bad_question_is_refused(parameters: dict[str, str]) -> None:
    with pytest.raises(InvalidRequest):
        OrdersQuery.query(parameters)
