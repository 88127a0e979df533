"""The loss of a region in small: what its writer wrote last is taken away; its bucket and the CCP keep theirs."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import psycopg
from psycopg.rows import TupleRow

from local.machine.postgres import CONTROLLER, SUPERUSER, Postgres
from services.common.database import Database
from services.common.errors import Retry
from services.common.pipeline.queues import Message
from services.document.aftermath import Aftermath
from services.document.remains import Remains
from services.orchestrator.audit import Warrant
from services.orchestrator.batches import Batch
from services.orchestrator.objects import Objects
from services.orchestrator.receipts import Receipt
from services.orchestrator.restarts import Restarter
from services.order import comparison, restoring
from services.order.reconciler import reconcile
from tests.integration.conftest import BUCKET, REGION, Aws, World
from tests.support.pair import Control
from tests.support.pipeline import Pipeline
from tests.support.shop import Shop

EU, APAC = "", "apac-"
"""What the names of the regions' buckets and queues begin with."""
STAGES = ("invoice", "document", "email")

_FORGOTTEN = (
    "email_ledger", "inbox", "outbox", "invoice_line", "invoice", "order_event", "idempotency_key",
    "license_valid_to_date", "license", "sales_order", "subscription_item", "invoice_series", "ccp_comparison",
)  # fmt: skip
"""What an order leaves in the database."""


class Region(Pipeline):
    """The services of a region, turned by hand."""

    def go_on(self, until: str = "email") -> None:
        """Brings what is due through the pipeline, up to that stage."""
        for stage in STAGES[: STAGES.index(until) + 1]:
            while self.relay():
                pass
            for path in self._open(stage):
                self.consumers[stage].take(_message(path))
        while self.relay():
            pass

    def order_of(self, order: UUID) -> dict[str, object]:
        """The order's row."""
        with self.world.database.reading() as connection:
            row = connection.execute("SELECT * FROM sales_order WHERE id = %s", (order,)).fetchone()
        return row or {}

    def _open(self, stage: str) -> list[str]:
        with self.world.database.reading() as connection:
            rows = connection.execute(
                "SELECT path FROM outbox WHERE queue = %s AND consumed_at IS NULL AND sent_at IS NOT NULL"
                " AND due_at < 'infinity' ORDER BY id", (stage,),
            ).fetchall()  # fmt: skip
        return [row["path"] for row in rows]


class Survivor(Region):
    """The region that takes over from another one."""

    def __init__(self, world: World, aws: Aws, server: Postgres, lost: Region) -> None:
        super().__init__(world, aws)
        self.server, self.lost = server, lost
        self.shop = Shop(world, lost.shop.vault)
        self.shop.ccp = lost.shop.ccp
        self.shop.settlement._ccp = lost.shop.ccp

    def take_over(self) -> None:
        """Begins the epoch."""
        with self.server.connect(CONTROLLER) as connection:
            Control(connection).begin("eu")

    def search(self, **prefixes: str) -> bool:
        """Searches the buckets, at once whatever was tried before."""
        self.world.admin.execute("UPDATE writer_loss SET due_at = now()")
        return aftermath(self.world.database, **prefixes).search()

    def waits(self, stage: str) -> bool:
        """Whether the work of the stage is put off."""
        try:
            self.go_on(stage)
        except Retry:
            return True
        return False

    def restart(self, order: UUID) -> None:
        """What an operator does who has read the reason."""
        warrant = Warrant(uuid4(), "restart", "has looked", dry_run=False)
        restarter = Restarter(self.world.database, Objects(self.world.database, self.aws.payloads))
        restarter.restart(Batch([order], None, warrant), Receipt(None), lambda *_: {})

    def find(self) -> None:
        """What the order service's reconciler does."""
        comparison.compare(self.world.database, self.shop.ccp)
        restoring.restore_lost(self.world.database, self.shop.ccp)
        reconcile(self.world.database, self.shop.settlement, self.shop.ccp)


@contextmanager
def forgotten(server: Postgres) -> Iterator[None]:
    """Takes out of the database what is written within the block, as if it had never been copied."""
    with server.connect(SUPERUSER) as connection:
        columns = {table: _columns(connection, table) for table in _FORGOTTEN}
        for table in _FORGOTTEN:
            connection.execute(f"CREATE TEMP TABLE kept_{table} AS TABLE public.{table}".encode())
        yield
        with connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")  # no trigger, and no order of the tables
            for table, names in columns.items():
                connection.execute(f"DELETE FROM public.{table}".encode())
                connection.execute(
                    f"INSERT INTO public.{table} ({names}) OVERRIDING SYSTEM VALUE "
                    f"SELECT {names} FROM kept_{table}".encode()
                )


def _columns(connection: psycopg.Connection[TupleRow], table: str) -> str:
    row = connection.execute(
        "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'",
        (table,),
    ).fetchone()
    assert row is not None
    return str(row[0])


def aftermath(database: Database, *, eu: str = EU, apac: str = APAC) -> Aftermath:
    """The search as any region's document generator does it; no bucket has the prefix of a region that is silent."""
    return Aftermath(database, [Remains("eu", eu + BUCKET, REGION), Remains("apac", apac + BUCKET, REGION)])


def _message(path: str) -> Message:
    return Message(json.dumps({"path": path}), "receipt", 1)
