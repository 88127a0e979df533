"""Structured logs on standard output: one JSON object a line, with an allow-list of fields.

Beside its own text, only the names in `FIELDS` reach a log line, so that no licence key, token or address leaks by
accident. An exception is told with its stack and its text, except a database error: its text quotes rows.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType

import psycopg

FIELDS = (
    "order_id",
    "change_id",
    "transaction_id",
    "stage",
    "queue",
    "path",
    "attempt",
    "outcome",
    "reason",
    "request_id",
    "status",
    "milliseconds",
    "invoice_number",
    "holder",
    "message_id",
)

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON."""

    def __init__(self, service: str, region: str) -> None:
        super().__init__()
        self._origin = {"service": service, "region": region}

    def format(self, record: logging.LogRecord) -> str:
        """The record as a JSON object: time, level, service, region, message and the allowed extra fields."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            **self._origin,
            "message": record.getMessage(),
        }
        line.update({name: str(value) for name in FIELDS if (value := getattr(record, name, None)) is not None})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802 - logging's own name
        """The exception and those it came from, each with its stack, the last one at the end."""
        parts: list[str] = []
        known: set[int] = set()
        error = ei[1]
        while error is not None and id(error) not in known:
            known.add(id(error))
            parts.append("".join(traceback.format_tb(error.__traceback__)) + tell(error))
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\nand then\n".join(reversed(parts))


def tell(error: BaseException) -> str:
    """The error's type and text; of a database error its SQLSTATE and constraint instead, for its text quotes rows."""
    if not isinstance(error, psycopg.Error):
        return f"{type(error).__name__}: {error}"
    return f"{type(error).__name__}: SQLSTATE {error.sqlstate}, constraint {error.diag.constraint_name}"


def configure(service: str, region: str, level: str) -> None:
    """Sends every logger of this process to standard output as JSON lines."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter(service, region))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("botocore", "urllib3", "boto3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
