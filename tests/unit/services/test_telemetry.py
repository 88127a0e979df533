"""A log line carries what is on the list of fields, and nothing else that a record may hold."""

import ast
import json
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from services.common.telemetry import FIELDS, JsonFormatter
from tests.support.checkout import ROOT

LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}


def line(**extra: object) -> dict[str, object]:
    record = logging.LogRecord("services.order", logging.INFO, __file__, 1, "confirmed %s", ("once",), None)
    record.__dict__.update(extra)
    formatted: dict[str, object] = json.loads(JsonFormatter("order", "eu").format(record))
    return formatted


def test_a_line_tells_who_where_and_what() -> None:
    told = line(order_id="o-1")
    assert (told["service"], told["region"], told["level"], told["message"]) == (
        "order",
        "eu",
        "INFO",
        "confirmed once",
    )
    assert told["order_id"] == "o-1"


def test_what_is_not_on_the_list_stays_out() -> None:
    assert "SECRET" not in json.dumps(line(license_key="SECRET", token="SECRET", email="SECRET"))


def test_an_exception_is_told_whole() -> None:
    try:
        int("why")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())
    assert "ValueError: invalid literal" in json.loads(JsonFormatter("order", "eu").format(record))["exception"]


class Duplicate(psycopg.errors.UniqueViolation):
    """As PostgreSQL words it."""

    sqlstate = "23505"

    def __init__(self) -> None:
        super().__init__("duplicate key\nDETAIL:  Key (key)=(CANARY) already exists.")


def fail(error: Exception) -> None:
    raise error


def told(error: Exception) -> str:
    """What the log says of the error that is at hand."""
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", (), (type(error), error, error.__traceback__))
    return str(json.loads(JsonFormatter("order", "eu").format(record))["exception"])


def caught(then: Callable[[Exception], None]) -> Exception:
    """What becomes of a duplicate key that is handled by `then`."""
    try:
        try:
            fail(Duplicate())
        except Duplicate as fault:
            then(fault)
    except (Duplicate, LookupError) as error:
        return error
    raise AssertionError("nothing failed")


def raised_from(fault: Exception) -> None:
    raise LookupError("no licence") from fault


@pytest.mark.parametrize("then", [fail, raised_from, lambda _: fail(LookupError("no licence"))])
def test_a_database_error_is_told_without_the_row_that_it_quotes(then: Callable[[Exception], None]) -> None:
    line = told(caught(then))
    assert "CANARY" not in line
    assert "Duplicate: SQLSTATE 23505" in line
    assert "fail(Duplicate())" in line
    assert ("LookupError: no licence" in line) == (then is not fail)


def hidden(_: Exception) -> None:
    raise LookupError("no licence") from None


def test_what_an_exception_does_not_show_of_its_past_stays_unsaid() -> None:
    assert "Duplicate:" not in told(caught(hidden))


def names(value: ast.expr, scope: ast.AST) -> Iterator[str]:
    """The keys of a dictionary that is written down, or that a variable of the scope is given."""
    if isinstance(value, ast.Name):
        given = [
            node.value
            for node in ast.walk(scope)
            if isinstance(node, ast.Assign)
            and any(isinstance(one, ast.Name) and one.id == value.id for one in node.targets)
        ]
        assert given, f"line {value.lineno}: where does {value.id} come from?"
        for dictionary in given:
            yield from names(dictionary, scope)
        return
    assert isinstance(value, ast.Dict), f"line {value.lineno}: the names of this extra cannot be read"
    for key, item in zip(value.keys, value.values, strict=True):
        if key is None:
            yield from names(item, scope)
        else:
            assert isinstance(key, ast.Constant)
            yield str(key.value)


def logged(path: Path) -> set[str]:
    """Every name that the module gives to a log call as `extra`."""
    found: set[str] = set()
    for scope in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(scope, ast.FunctionDef):
            for call in ast.walk(scope):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in LEVELS:
                    for keyword in call.keywords:
                        if keyword.arg == "extra":
                            found.update(names(keyword.value, scope))
    return found


def test_every_name_that_the_services_log_is_on_the_list() -> None:
    used = {str(path.relative_to(ROOT)): logged(path) for path in (ROOT / "services").rglob("*.py")}
    assert {"holder", "message_id", "order_id"} <= set().union(*used.values())
    assert {path: sorted(some - set(FIELDS)) for path, some in used.items() if some - set(FIELDS)} == {}
