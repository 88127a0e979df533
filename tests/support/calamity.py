"""A region that is lost under load, with the last seconds of its writer; the other one takes over from what was copied.

Real are both PostgreSQL servers, the services, and the loss: the standby is cut off, customers go on buying, and then
the writer is killed. The fake CCP, the mails that went out and the buckets outlive it.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from uuid import UUID, uuid4

from local.machine.postgres import OWNER
from local.seed import customers, write_rows
from services.common.ccp.transport import Deadline
from services.common.database import Database
from services.common.errors import Unavailable
from services.common.pipeline.consumer import Consumer
from services.common.pipeline.polling import poll
from services.common.pipeline.queues import Source
from services.common.readiness import writer_ready
from services.document.handlers import DocumentHandler
from services.document.rendering import Renderer
from services.email.handlers import EmailHandler
from services.invoice.handlers import InvoiceHandler
from services.order import comparison, restoring
from services.order.ccp import Purchase
from services.order.model import CcpSale
from services.order.reconciler import reconcile
from services.relay.adapters import OutboxAlarm, SqsSender
from services.relay.relay import relay_batch
from services.relay.worker import relay
from tests.integration.conftest import PRODUCT, REGION, Aws, World
from tests.support.losses import aftermath
from tests.support.pair import Pair
from tests.support.pipeline import SENDER, Outbound
from tests.support.shop import Ccp, Shop

EMPTY = (
    "TRUNCATE customer, legal_entity, sales_product, invoice_series, outbox, inbox, data_key, writer_loss,"
    " ccp_comparison, ccp_discrepancy CASCADE"
)
BUYERS = 2
PAUSE_SECONDS = 0.2
"""Between two orders of a buyer, so that documents are printed as fast as they are ordered."""


class Clocked(Ccp):
    """A CCP whose sales bear the time."""

    def buy(self, purchase: Purchase, deadline: Deadline, renewal: int = 0) -> CcpSale:
        sale = super().buy(purchase, deadline, renewal)
        if purchase.attempt == 1:
            self.sales[purchase.order_id] = sale.model_copy(update={"timestamp": datetime.now(UTC)})
        return self.sales[purchase.order_id]


@dataclass
class Told:
    """What customers know, and keep: the orders that were acknowledged by their keys, and the mails that they got."""

    orders: dict[str, UUID] = field(default_factory=dict)
    outbound: Outbound = field(default_factory=Outbound)

    def mailed(self) -> dict[str, set[UUID]]:
        """The orders by the number that was mailed for them."""
        found: defaultdict[str, set[UUID]] = defaultdict(set)
        for message, _, _ in list(self.outbound.accepted):
            body = message.get_body(("plain",))
            assert body is not None
            lines = dict(line.split(": ", 1) for line in body.get_content().splitlines() if ": " in line)
            found[lines["Invoice number"]].add(UUID(lines["Order"]))
        return found


class Site:
    """All services of one region."""

    def __init__(self, pair: Pair, aws: Aws, ccp: Ccp, told: Told) -> None:
        self._pair, self._aws, self.told = pair, aws, told
        self._databases = [Database(pair.settings(), size=3) for _ in range(6)]
        subjects = {customer.email: uuid4() for customer in customers()}
        with pair.writer.connect(OWNER) as admin:
            for email, subject in subjects.items():
                admin.execute(
                    "UPDATE app_user SET subject = %s WHERE customer_id = (SELECT id FROM customer WHERE email = %s)",
                    (subject, email),
                )
            world = World(self._databases[0], admin, customers(), subjects)
            self.shop = Shop(world)
        self.shop.ccp = ccp
        self.shop.settlement._ccp = ccp
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def open(self, *, buying: bool) -> None:
        """Everybody begins to work."""
        buyers = [self._buy] * BUYERS if buying else []
        loops = (self._reconcile, self._relay, self._invoice, self._document, self._email, self._search, *buyers)
        self._threads = [threading.Thread(target=loop, daemon=True) for loop in loops]
        for thread in self._threads:
            thread.start()

    def halt(self) -> None:
        """Nobody begins anything any more."""
        self._stop.set()

    def close(self) -> None:
        """Everybody stops, and what is in their hands comes to nothing if it has no database."""
        self.halt()
        for thread in self._threads:
            thread.join(timeout=60)
        for database in self._databases:
            database.close()

    def order(self, key: str) -> int:
        """A customer's request; the status of its answer."""
        answer = self.shop.order(key=key)
        if answer.status_code in (201, 202):
            location = answer.headers["Location"]
            self.told.orders[key] = UUID(location.rpartition("/")[2])
        return answer.status_code

    def _buy(self) -> None:
        while not self._stop.wait(PAUSE_SECONDS):
            self.order(str(uuid4()))

    def _reconcile(self) -> None:
        database, ccp = self._databases[1], self.shop.ccp
        while not self._stop.wait(0.5):
            with _tried():
                comparison.compare(database, ccp)
                restoring.restore_lost(database, ccp)
                reconcile(database, self.shop.settlement, ccp)

    def _relay(self) -> None:
        database, sender = self._databases[1], SqsSender(self._aws.urls, REGION)
        batch = partial(relay_batch, database, self._aws.payloads, sender)
        relay(batch, database, OutboxAlarm(self._pair.settings()), self._stop, lambda: None)

    def _invoice(self) -> None:
        self._consume("invoice", self._databases[2], InvoiceHandler(self._databases[2]))

    def _document(self) -> None:
        database = self._databases[3]
        self._consume("document", database, DocumentHandler(database, self._aws.payloads, Renderer()))

    def _email(self) -> None:
        database = self._databases[4]
        handler = EmailHandler(database, self._aws.payloads, self.told.outbound, SENDER, evidence_seconds=60)
        self._consume("email", database, handler)

    def _search(self) -> None:
        aftermath(self._databases[5]).run(self._stop, lambda: None)

    def _consume(self, queue: str, database: Database, handle: Callable[..., None]) -> None:
        consumer = Consumer(queue, database, self._aws.payloads, handle)
        source = Source(self._aws.urls[queue], REGION, 60)
        poll(source, consumer.take, partial(writer_ready, database), self._stop, lambda: None)


def seed(pair: Pair) -> None:
    """Empties the database, and has customers who may buy."""
    with pair.writer.connect(OWNER) as admin:
        admin.execute(EMPTY)
        write_rows(admin, [PRODUCT], {customer.email: uuid4() for customer in customers()})


@contextmanager
def cut_off(pair: Pair, site: Site) -> Iterator[set[UUID]]:
    """The standby gets nothing any more; at the end of the block the writer is killed and the standby promoted.

    The region at work ends with its writer. What is yielded has, after the block, the orders that were copied.
    """
    copied: set[UUID] = set()
    pair.standby.stop()
    yield copied
    site.halt()
    assert pair.writer.process is not None
    pair.writer.process.kill()
    pair.writer.process.wait()
    pair.writer.process = None
    pair.standby.start()  # still a standby, of nobody
    with pair.standby.connect() as connection:
        copied.update(row[0] for row in connection.execute("SELECT id FROM sales_order").fetchall())
    pair.promote()
    with pair.control() as control:
        control.begin("eu")


@contextmanager
def _tried() -> Iterator[None]:
    try:
        yield
    except Unavailable:
        time.sleep(0.2)
