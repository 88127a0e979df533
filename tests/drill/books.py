"""The books of a platform of several regions, read where they are kept: one database, one CCP, and of each region the
queues, the bucket and the mails.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from local.cli.queues import depths
from local.host.emulator import Clients
from local.machine.layout import Layout
from local.machine.postgres import DATABASE, OWNER, PORT
from tests.chaos import licences
from tests.chaos.checker import Mail, Row, Sale, Stored
from tests.chaos.clients import Acknowledgements
from tests.chaos.ledger import Ledger
from tests.chaos.mailbox import Mailbox
from tests.chaos.objects import Bucket
from tests.chaos.quantities import Holdings
from tests.chaos.waiting import in_time
from tests.drill.sites import Site, ledger, mail_store

CONFIGURATION_SET = "aws:sesv2/configurationSet:ConfigurationSet"
WRITER_SECONDS = 60.0


@dataclass(frozen=True)
class Shelf:
    """A region's bucket."""

    emulator: str
    name: str
    clients: Clients


@dataclass
class PlatformBooks:
    """What all regions have together.

    Attributes:
        told: what the customers were told in the present scenario.
    """

    machine: Layout
    sites: Sequence[Site]
    told: Acknowledgements = field(default_factory=Acknowledgements)

    def rows(self, query: str) -> list[Row]:
        """What the server answers that writes.

        Raises:
            TimeoutError: none does, for long.
        """
        with self._connected() as connection, connection.cursor(row_factory=dict_row) as cursor:
            return list(cursor.execute(query.encode()).fetchall())

    def sales(self) -> Sequence[Sale]:
        """Every sale of the CCP that it has not cancelled."""
        return Ledger(ledger(self.machine)).sales()

    def holdings(self) -> Holdings:
        """Every licence and change of licences at the CCP."""
        return Ledger(ledger(self.machine)).holdings()

    def licences(self) -> Sequence[str]:
        """The licence keys that we hold."""
        with self._connected() as connection:
            return licences.opened(connection, self.sites[0].clients)

    def in_clear(self) -> Sequence[str]:
        """Where a licence key lies in clear: in the database, in a log or in S3."""
        with self._connected() as connection:
            found = list(licences.in_clear(connection, self.machine.logs))
        for site in self.sites:
            if site.layout != self.machine:
                found += [f"the log {site.name}/{path.name}" for path in _clear_logs(site)]
        return found + [f"the object {path}" for path, stored in self.objects().items() if stored.names_a_key]

    def objects(self) -> Mapping[str, Stored]:
        """The objects of all regions by path. What two of them have differently has the region before its path too."""
        found: dict[str, Stored] = {}
        for site, bucket in self._buckets:
            for path, stored in bucket.read().items():
                known = found.setdefault(path, stored)
                if known != stored:
                    found[f"{site.name}:{path}"] = stored
        return found

    def mails(self) -> Sequence[Mail]:
        """Every mail that was accepted for delivery, whichever region had it sent."""
        return [mail for box in self._mailboxes for mail in box.read()]

    def depths(self) -> Mapping[str, tuple[int, int]]:
        """Messages that wait and dead letters, by region and queue."""
        return {
            f"{site.name}/{depth.queue}": ((depth.waiting or 0) + (depth.in_flight or 0), depth.dead or 0)
            for site in self.sites
            for depth in depths(site.emulator, site.outputs)
        }

    def accepted(self) -> Mapping[str, Sequence[tuple[str, int, bytes]]]:
        """What the customers were told."""
        with self.told.lock:
            return {
                key: [(reply.order, reply.status, reply.body) for reply in replies]
                for key, replies in self.told.accepted.items()
            }

    def poison(self) -> Mapping[str, int]:
        """Nothing that nobody can understand is put on a queue here."""
        return {}

    @cached_property
    def _buckets(self) -> list[tuple[Site, Bucket]]:
        return [
            (site, Bucket(Shelf(site.emulator, site.outputs["payloadBucket"], site.clients))) for site in self.sites
        ]

    @cached_property
    def _mailboxes(self) -> list[Mailbox]:
        names = [str(site.resource(CONFIGURATION_SET)["id"]) for site in self.sites]
        return [Mailbox(mail_store(self.machine), name) for name in names]

    def _connected(self) -> psycopg.Connection[Any]:
        """To the server itself: a name that leads nowhere is what the drill may have made."""
        if not in_time(lambda: any(site.writes for site in self.sites), WRITER_SECONDS):
            raise TimeoutError("no server takes writes")
        writer = next(site for site in self.sites if site.writes)
        return psycopg.connect(
            host=writer.server.sockets, port=PORT, user=OWNER, dbname=DATABASE, autocommit=True, connect_timeout=5
        )


def _clear_logs(site: Site) -> list[Path]:
    return [path for path in sorted(site.layout.logs.glob("*.log")) if licences.named(path.read_bytes())]
