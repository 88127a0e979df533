"""Structured logs on standard output: one JSON object a line, with an allow-list of fields.

Only the names in `FIELDS` ever reach a log line, so that no licence key, token or address leaks by accident.
"""

import json
import logging
import sys
from datetime import UTC, datetime

FIELDS = (
    "order_id",
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
)


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


def configure(service: str, region: str, level: str) -> None:
    """Sends every logger of this process to standard output as JSON lines."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter(service, region))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("botocore", "urllib3", "boto3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
