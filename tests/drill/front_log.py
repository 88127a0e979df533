"""What the front has written of the orders that it led to one region or another."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from tests.drill.events import Served

ORDERS = "/create-order"


def served(logs: Path, since: float) -> list[Served]:
    """The orders' requests from then on, in seconds since then; of the log that is written and of the one before it.

    Args:
        logs: the directory.
        since: in seconds since 1970.
    """
    lines = (line for path in sorted(logs.glob("front.log*"), reverse=True) for line in path.open(errors="replace"))
    found = (one for one in _understood(lines, since) if one.at >= 0)
    return sorted(found, key=lambda one: one.at)


def _understood(lines: Iterator[str], since: float) -> Iterator[Served]:
    """Lines that are whole, and of an order: others are Envoy's own words."""
    for line in lines:
        try:
            told = json.loads(line)
        except ValueError:
            continue
        if isinstance(told, dict) and (told.get("method"), told.get("path")) == ("POST", ORDERS):
            began = datetime.fromisoformat(told["time"]).timestamp() - since
            yield Served(began + int(told["milliseconds"]) / 1000, told["region"], int(told["status"]))
