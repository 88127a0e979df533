"""Demonstration data: the CCP's catalogue at our prices, customers and the users who sign in for them."""

from decimal import Decimal
from uuid import UUID

import urllib3

from local import seed
from local.cli.order import Wish, order
from local.cli.queues import region_of
from local.cli.run import Run
from local.cli.storefront import Storefront
from local.host.emulator import Clients
from local.machine.errors import LocalError
from local.machine.postgres import OWNER
from local.machine.waiting import wait_until
from local.overlay import CCP_HOST, CCP_PORT

CCP_SECONDS = 30.0


def write(run: Run) -> str:
    """Write what is missing of it; what is there stays."""
    catalogue = _catalogue(run)
    exports = run.model.outputs
    cognito = Clients(run.emulator.endpoint, region_of(exports)).cognito
    run.users = seed.ensure_users(cognito, exports["userPoolId"])
    seed.ensure_operator(cognito, exports["userPoolId"])
    with run.postgres.connect(OWNER) as connection:
        seed.write_rows(connection, catalogue, run.users)
    return f"{len(catalogue)} products, {len(run.users)} customers"


def place_first_order(run: Run) -> str | None:
    """Follow one order to its mail, unless the platform has had orders before."""
    with run.postgres.connect(OWNER) as connection:
        if connection.execute("SELECT FROM sales_order LIMIT 1").fetchone() is not None:
            return "there are orders already"
    order(Storefront.load(run.layout), Wish(), run.console)
    return None


def _catalogue(run: Run) -> list[seed.CatalogueItem]:
    """What the CCP offers, from its own API."""
    address = f"http://{run.layout.address(CCP_HOST)}:{CCP_PORT}/services"
    with urllib3.PoolManager(retries=False, timeout=5) as http:
        if not wait_until(lambda: _answers(http, address), CCP_SECONDS):
            raise LocalError(f"the CCP does not answer at {address}", run.supervisor.log("ccp"))
        return [
            seed.CatalogueItem(
                id=UUID(item["id"]),
                name=item["name"],
                description=item["description"],
                price=Decimal(item["unitPrice"]),
                currency=item["currency"],
            )
            for item in http.request("GET", address).json()["services"]
        ]


def _answers(http: urllib3.PoolManager, address: str) -> bool:
    try:
        return http.request("GET", address).status == 200
    except urllib3.exceptions.HTTPError:
        return False
