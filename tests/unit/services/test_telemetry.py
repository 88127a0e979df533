"""A log line carries what is on the list of fields, and nothing else that a record may hold."""

import json
import logging
import sys

from services.common.telemetry import JsonFormatter


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
