"""The books of one bed, read where they are kept and never through a service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from psycopg.rows import dict_row

from local.machine.postgres import OWNER, Postgres
from tests.chaos import licences
from tests.chaos.checker import Mail, Row, Sale, Stored
from tests.chaos.clients import Acknowledgements
from tests.chaos.ledger import Ledger
from tests.chaos.mailbox import Mailbox
from tests.chaos.objects import Bucket
from tests.chaos.quantities import Holdings
from tests.chaos.region import Region


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
        return Ledger(self.ledger, self.first_sale).sales(cancelled=cancelled)

    def holdings(self) -> Holdings:
        """The licences of this run's sales and what was changed of them, read from the ledger's file."""
        return Ledger(self.ledger, self.first_sale).holdings()

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
