"""Writes `openapi.json` from the operations of every service: `python -m services.portal.generate`.

The image carries the document as it was written here, so that the portal needs nothing of the services.
"""

import importlib
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from services.common.api import Operation, openapi
from services.registry import SERVICES, Service

DOCUMENT = Path(__file__).with_name("openapi.json")
OWN = "portal"
"""Its two addresses are a page and a file, and no part of the API that they show."""


def operations_of(service: Service) -> tuple[Operation, ...]:
    """The operations that the service declares in its `api.py`."""
    operations: tuple[Operation, ...] = importlib.import_module(f"services.{service.name}.api").OPERATIONS
    return operations


def text(services: Iterable[Service] = SERVICES) -> str:
    """The document of all services that have routes."""
    shown = [service for service in services if service.routes and service.name != OWN]
    document = openapi.document({service: operations_of(service) for service in shown})
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Writes the document."""
    DOCUMENT.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
