"""A running platform, brought up by the entry of `make up` in a checkout of its own, and what one can ask of it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import urllib3

from local import seed
from local.cli.storefront import Storefront
from local.customer import Api, sign_in
from local.host.emulator import Clients
from local.machine.layout import layout_of
from local.machine.postgres import OWNER, Postgres
from local.overlay import CCP_HOST, CCP_PORT
from tests.support.checkout import Checkout, checkout


@dataclass(frozen=True)
class Platform:
    """A running platform and what `up` printed."""

    checkout: Checkout
    printed: str

    @property
    def shop(self) -> Storefront:
        """Read anew each time: after `down`, another program may have taken a public port before the next `up`."""
        return Storefront.load(layout_of(self.checkout.root))

    @property
    def clients(self) -> Clients:
        """For what the region holds; who deploys has them, and is refused nothing."""
        return Clients(self.shop.emulator, self.model["outputs"]["awsRegion"])

    def token(self, customer: seed.DemoCustomer) -> str:
        return sign_in(
            Clients(self.shop.emulator, self.shop.region).cognito, self.shop.client_id, customer.email, seed.PASSWORD
        )

    def api(self, customer: seed.DemoCustomer) -> Api:
        return Api(self.shop.api_url, self.token(customer))

    def mails(self, recipient: str = "") -> list[dict[str, Any]]:
        with urllib3.PoolManager(timeout=10) as http:
            answer = http.request("GET", f"{self.shop.mail_url}/messages.json", fields={"to": recipient})
            return list(json.loads(answer.data))

    def raw_mail(self, message_id: str) -> bytes:
        with urllib3.PoolManager(timeout=10) as http:
            return http.request("GET", f"{self.shop.mail_url}/messages/{message_id}").data

    def sales(self) -> list[dict[str, Any]]:
        """Every sale in the CCP's ledger."""
        found: list[dict[str, Any]] = []
        address = f"http://{layout_of(self.checkout.root).address(CCP_HOST)}:{CCP_PORT}/sales"
        with urllib3.PoolManager(timeout=10) as http:
            page = json.loads(http.request("GET", address, fields={"limit": "100"}).data)
            while True:
                found += page["sales"]
                if page["next"] is None:
                    return found
                page = json.loads(http.request("GET", address, fields={"limit": "100", "cursor": page["next"]}).data)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database answers."""
        with Postgres(layout_of(self.checkout.root)).connect(OWNER) as connection:
            return connection.execute(query.encode()).fetchall()

    @property
    def model(self) -> dict[str, Any]:
        model: dict[str, Any] = json.loads((layout_of(self.checkout.root).state / "model.json").read_text())
        return model


@contextmanager
def running() -> Iterator[Platform]:
    """A platform that is taken down and forgotten at the end of the block."""
    with checkout() as copy:
        printed = copy.must("up")
        yield Platform(copy, printed)
