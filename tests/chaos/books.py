"""The books of one bed, read where they are kept and never through a service."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from psycopg.rows import dict_row

from local.machine.postgres import OWNER, Postgres
from tests.chaos import licences
from tests.chaos.checker import Mail, Row, Sale, Stored
from tests.chaos.clients import Acknowledgements
from tests.chaos.mailbox import Mailbox
from tests.chaos.objects import Bucket
from tests.chaos.quantities import Holdings, Made
from tests.chaos.region import Region

_LIVE = """
    SELECT l.sale, l.id, l.valid_to FROM license l JOIN sale s ON s.transaction_id = l.sale
    WHERE s.sequence > ? AND s.cancelled_at IS NULL AND l.returned_at IS NULL
"""
_CHANGED = """
    SELECT c.transaction_id, c.reference, json_extract(c.answer, '$.licenseIds') FROM change c
    WHERE EXISTS (
        SELECT 1 FROM json_each(c.answer, '$.licenseIds') i JOIN license l ON l.id = i.value
        JOIN sale s ON s.transaction_id = l.sale WHERE s.sequence > ?
    ) ORDER BY c.sequence
"""


@dataclass(frozen=True)
class BedBooks:
    """The books of one run.

    Attributes:
        first_sale: what the CCP had sold before this run; it is not looked at, and neither are its licences.
        logs: where the pods of this run write theirs.
        poisoned: messages that the run has put on a queue and that nobody can understand, by queue.
    """

    database: Postgres
    region: Region
    ledger: Path
    mailbox: Mailbox
    bucket: Bucket
    told: Acknowledgements
    first_sale: int
    logs: Path
    poisoned: dict[str, int] = field(default_factory=dict)

    def rows(self, query: str) -> list[Row]:
        """What the database answers."""
        with self.database.connect(OWNER) as connection, connection.cursor(row_factory=dict_row) as cursor:
            return list(cursor.execute(query.encode()).fetchall())

    def sales(self, *, cancelled: bool = False) -> Sequence[Sale]:
        """The sales of this run, read from the ledger's file; those that were cancelled only if they are wanted too."""
        query = "SELECT * FROM sale WHERE sequence > ?"
        with sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True) as ledger:
            ledger.row_factory = sqlite3.Row
            found = [dict(row) for row in ledger.execute(query, (self.first_sale,)).fetchall()]
        return [_sale(row) for row in found if cancelled or not row["cancelled_at"]]

    def holdings(self) -> Holdings:
        """The licences of this run's sales and what was changed of them, read from the ledger's file."""
        with sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True) as ledger:
            live = ledger.execute(_LIVE, (self.first_sale,)).fetchall()
            changed = ledger.execute(_CHANGED, (self.first_sale,)).fetchall()
        return Holdings(
            {(sale, licence): ends for sale, licence, ends in live},
            [Made(name, reference, tuple(json.loads(ids))) for name, reference, ids in changed],
        )

    def licences(self) -> Sequence[str]:
        """The licence keys that the database holds, opened with the run's KMS key."""
        with self.database.connect(OWNER) as connection:
            return licences.opened(connection, self.region.clients)

    def in_clear(self) -> Sequence[str]:
        """Where a licence key lies in clear: in the database, in the logs or in S3."""
        with self.database.connect(OWNER) as connection:
            found = list(licences.in_clear(connection, self.logs))
        return found + [f"the object {path}" for path, stored in self.bucket.read().items() if stored.names_a_key]

    def objects(self) -> Mapping[str, Stored]:
        """Every object of the run's bucket."""
        return self.bucket.read()

    def mails(self) -> Sequence[Mail]:
        """The mails that were sent with the run's configuration set."""
        return self.mailbox.read()

    def depths(self) -> Mapping[str, tuple[int, int]]:
        """Messages that wait and dead letters, by queue."""
        return self.region.depths()

    def poison(self) -> Mapping[str, int]:
        """Messages that have to end as dead letters, by queue."""
        return self.poisoned

    def accepted(self) -> Mapping[str, Sequence[tuple[str, int, bytes]]]:
        """What the customers were told."""
        with self.told.lock:
            return {
                key: [(reply.order, reply.status, reply.body) for reply in replies]
                for key, replies in self.told.accepted.items()
            }


def _sale(row: Mapping[str, Any]) -> Sale:
    answer = json.loads(row["answer"])
    keys = tuple(entry["key"] for entry in answer["licenseKeys"])
    return Sale(row["transaction_id"], row["reference"], row["customer_id"], keys)
