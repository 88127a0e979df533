"""Demonstration data: the CCP's catalogue at our prices, customers and the users who sign in for them."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import urllib3

from local import seed
from local.cli.order import Wish, order
from local.cli.run import Run
from local.cli.steps import infrastructure
from local.cli.storefront import Storefront, region_of
from local.host.emulator import Clients
from local.machine.errors import LocalError
from local.machine.postgres import OWNER
from local.machine.waiting import wait_until
from local.overlay import CCP_HOST, CCP_PORT

CCP_SECONDS = 30.0


def write(run: Run) -> str:
    """Write what is missing of it; what is there stays."""
    catalogue = _catalogue(run)
    pool = run.sites[0].model.outputs["userPoolId"]
    cognito = Clients(run.emulator.endpoint, region_of(pool)).cognito
    run.users = seed.ensure_users(cognito, pool) | seed.ensure_staff(cognito, pool)
    with run.writer.connect(OWNER) as connection:
        seed.write_rows(connection, catalogue, run.users)
        seed.write_people(connection, run.users)
    return f"{len(catalogue)} products, {len(seed.customers())} customers"


def write_past(run: Run) -> str | None:
    """Write what the customers did before, the first time that there is a database."""
    now = datetime.now(UTC)
    with run.writer.connect(OWNER) as connection:
        orders = seed.write_past(connection, infrastructure.ledger(run), now.date())
        if orders == 0:
            return "unchanged"
        cases = seed.write_cases(connection, run.users[seed.SUPPORT], now)
    return f"{orders} orders with their licences and invoices, {cases} support cases"


def place_first_order(run: Run) -> str | None:
    """Follow one order to its mail, unless the platform has had orders before."""
    with run.writer.connect(OWNER) as connection:
        # Orders of before were not reserved here.
        if connection.execute("SELECT FROM order_event WHERE stage = 'RESERVED' LIMIT 1").fetchone() is not None:
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
                vendor=item["vendor"],
                unit=item["unit"],
            )
            for item in http.request("GET", address).json()["services"]
        ]


def _answers(http: urllib3.PoolManager, address: str) -> bool:
    try:
        return http.request("GET", address).status == 200
    except urllib3.exceptions.HTTPError:
        return False
