"""Orders under a writer that moves: the real services over a pair of databases, and customers who do not give up."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from uuid import uuid4

from local.machine.postgres import OWNER
from local.seed import customers, write_rows
from services.common.database import Database
from services.common.errors import Unavailable
from services.common.pipeline.consumer import Consumer
from services.common.pipeline.polling import poll
from services.common.pipeline.queues import Message, Source
from services.common.readiness import writer_ready
from services.invoice.handlers import InvoiceHandler
from services.order.model import CcpSale
from services.order.reconciler import reconcile
from services.relay.adapters import OutboxAlarm, SqsSender
from services.relay.relay import relay_batch
from services.relay.worker import relay
from tests.integration.conftest import PRODUCT, REGION, Aws, World
from tests.support.pair import Pair, wait
from tests.support.shop import Shop

CUSTOMERS = 3
CCP_SECONDS = 0.03
AGAIN_SECONDS = 0.05
"""When a customer asks again; they do not keep to `Retry-After`, so that what they see is the gap itself."""

EMPTY = "TRUNCATE customer, legal_entity, sales_product, invoice_series, outbox, inbox, data_key CASCADE"
FINISH_SECONDS = 240
"""For what a busy machine has left, after as many switchovers as anybody wants. It ends when all is done."""


@dataclass
class Seen:
    """What the customers and the queues have seen."""

    keys: list[str] = field(default_factory=list)
    sold: dict[str, str] = field(default_factory=dict)
    sold_at: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    receives: Counter[int] = field(default_factory=Counter)

    def gap(self, began: float, ended: float) -> float:
        """The longest time without a sale, in seconds, around what began and ended then."""
        near = [at for at in sorted(self.sold_at) if began - 1 < at < ended + 1]
        return max((later - earlier for earlier, later in pairwise(near)), default=0.0)


class Trading:
    """The order service, the relay and the invoice service, each with a database of its own to know the epoch of."""

    def __init__(self, pair: Pair, aws: Aws) -> None:
        self.pair, self.aws, self.seen = pair, aws, Seen()
        self.databases = [Database(pair.settings(), size=4) for _ in range(3)]
        subjects = {customer.email: uuid4() for customer in customers()}
        with pair.writer.connect(OWNER) as admin:
            admin.execute(EMPTY)
            write_rows(admin, [PRODUCT], subjects)
            self.shop = Shop(World(self.databases[0], admin, customers(), subjects))
        self.shop.ccp.script = _slowly

    def value(self, query: str) -> object:
        """What the writer has."""
        with self.pair.writer.connect() as connection:
            row = connection.execute(query.encode()).fetchone()
        return None if row is None else row[0]

    @contextmanager
    def open(self) -> Iterator[None]:
        """Everybody is at work within the block; at its end the customers go first, and the rest is finished."""
        closing, leaving = threading.Event(), threading.Event()
        buyers = [_thread(partial(self._buy, closing)) for _ in range(CUSTOMERS)]
        workers = [_thread(partial(work, leaving)) for work in (self._reconcile, self._relay, self._invoice)]
        try:
            yield
        finally:
            closing.set()
            for thread in buyers:
                thread.join(timeout=40)
            wait(self._all_invoiced, FINISH_SECONDS)
            leaving.set()
            for thread in workers:
                thread.join(timeout=30)
            self.close()

    def close(self) -> None:
        """Closes every connection."""
        for database in self.databases:
            database.close()

    def _all_invoiced(self) -> bool:
        return self.value("SELECT count(*) FROM outbox WHERE queue = 'invoice' AND consumed_at IS NULL") == 0

    def _buy(self, closing: threading.Event) -> None:
        client = self.shop.client.application.test_client()
        headers = {"Authorization": f"Bearer {self.shop.world.subject('liffey')}"}
        while not closing.is_set():
            key = str(uuid4())
            self.seen.keys.append(key)
            while True:
                answer = client.post("/create-order", json=self.shop.body(), headers=headers | {"Idempotency-Key": key})
                self.seen.statuses[answer.status_code] += 1
                if answer.status_code not in (202, 409, 503):
                    break
                assert answer.headers.get("Retry-After") or answer.status_code == 202
                time.sleep(AGAIN_SECONDS)
            if answer.status_code == 201:
                self.seen.sold[key] = answer.headers["Location"].rpartition("/")[2]
                self.seen.sold_at.append(time.monotonic())

    def _reconcile(self, leaving: threading.Event) -> None:
        while not leaving.wait(0.5):
            try:
                reconcile(self.databases[0], self.shop.settlement, self.shop.ccp)
            except Unavailable:
                continue

    def _relay(self, leaving: threading.Event) -> None:
        database, sender = self.databases[1], SqsSender(self.aws.urls, REGION)
        batch = partial(relay_batch, database, self.aws.payloads, sender)
        relay(batch, database, OutboxAlarm(self.pair.settings()), leaving, lambda: None)

    def _invoice(self, leaving: threading.Event) -> None:
        database = self.databases[2]
        consumer = Consumer("invoice", database, self.aws.payloads, InvoiceHandler(database))

        def take(message: Message) -> None:
            self.seen.receives[message.received] += 1
            consumer.take(message)

        source = Source(self.aws.urls["invoice"], REGION, 60)
        poll(source, take, partial(writer_ready, database), leaving, lambda: None)


def _slowly(sale: CcpSale) -> CcpSale:
    time.sleep(CCP_SECONDS)
    return sale


def _thread(run: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread
