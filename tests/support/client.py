"""The generated Python client, made as `make client` makes it, and the ten minutes of the portal with it."""

import importlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from tests.support.postgres import ROOT

PACKAGE = "cloud_sales_client"
Found = TypeVar("Found")


class Library:
    """The client's modules by the names of the document."""

    def model(self, name: str) -> Any:
        return getattr(importlib.import_module(f"{PACKAGE}.models"), name)

    def call(self, service: str, operation: str, client: Any, **given: Any) -> Any:
        """The answer of a call that goes well."""
        module = importlib.import_module(f"{PACKAGE}.api.{service}.{_snake(operation)}")
        response = module.sync_detailed(client=client, **given)
        assert response.status_code < 300, response.content
        assert response.parsed is not None, f"{operation} has an answer that the client does not know"
        return response.parsed

    def client(self, url: str, token: str | None = None, **options: Any) -> Any:
        package = importlib.import_module(PACKAGE)
        if token is None:
            return package.Client(base_url=url, **options)
        return package.AuthenticatedClient(base_url=url, token=token, **options)


@contextmanager
def generated(directory: Path) -> Iterator[Library]:
    """The client, importable until the end of the block."""
    programs = Path(sys.executable).parent
    subprocess.run(
        [
            programs / "openapi-python-client", "generate", "--path", ROOT / "services/portal/openapi.json",
            "--config", ROOT / "tools/client.yaml", "--meta", "setup", "--output-path", directory / "client",
            "--fail-on-warning",
        ],
        check=True, capture_output=True, env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"},
    )  # fmt: skip
    sys.path.insert(0, str(directory / "client"))
    try:
        yield Library()
    finally:
        sys.path.remove(str(directory / "client"))
        for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
            del sys.modules[name]


def ten_minutes(library: Library, url: str, email: str, password: str, **options: Any) -> dict[str, Any]:
    """Signs in, looks, asks the price, orders, finds the invoice and opens a case; what the last four came to."""
    body = library.model("SignIn")(email=email, password=password)
    tokens = library.call("identity", "signIn", library.client(url, **options), body=body)
    client = library.client(url, tokens.access_token, **options)
    product = library.call("products", "listProducts", client, limit=1).products[0]
    subscription = library.call("users", "listSubscriptions", client).subscriptions[0]
    order = library.model("CreateOrder")(product.ccp_service_item_id, 2, subscription.id)
    quote = library.call("order", "createOrder", client, body=order, dry_run=True)
    library.call("order", "createOrder", client, body=order, idempotency_key=str(uuid4()))
    placed = library.call("order", "listOrders", client, limit=1).orders[0]

    def invoice() -> Any:
        found = library.call("invoices", "listInvoices", client, order_id=placed.id).invoices
        return found[0] if found else None

    billed = _awaited(invoice)
    link = _awaited(lambda: _link(client, billed.id))
    case = library.model("NewCase")(subject="A question", message="About this order.", order_id=placed.id)
    opened = library.call("support", "openCase", client, body=case, idempotency_key=str(uuid4()))
    return {"quote": quote, "order": placed, "invoice": billed, "link": link, "case": opened}


def _link(client: Any, invoice: Any) -> Any:
    """The document's address, or None while it is printed."""
    module = importlib.import_module(f"{PACKAGE}.api.invoices.get_invoice_document")
    response = module.sync_detailed(client=client, id=invoice)
    return response.parsed if response.status_code == 200 else None


def _awaited(find: Callable[[], Found | None], seconds: float = 30) -> Found:
    until = time.monotonic() + seconds
    while (found := find()) is None:
        assert time.monotonic() < until, "it does not come"
        time.sleep(0.3)
    return found


def _snake(name: str) -> str:
    return re.sub(r"([A-Z])", r"_\1", name).lower()
