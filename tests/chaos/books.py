"""The books of one bed, read where they are kept and never through a service."""

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email import message_from_binary_file
from email.policy import default
from pathlib import Path
from typing import Any

from psycopg.rows import dict_row

from local.machine.postgres import OWNER, Postgres
from tests.chaos.checker import Mail, Row, Sale
from tests.chaos.clients import Acknowledgements
from tests.chaos.region import Region


@dataclass(frozen=True)
class BedBooks:
    """The books of one run.

    Attributes:
        first_sale: what the CCP had sold before this run; it is not looked at.
    """

    database: Postgres
    region: Region
    ledger: Path
    mailbox: Path
    told: Acknowledgements
    first_sale: int

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
        return [_sale(row) for row in found if cancelled or not row.get("cancelled_at")]

    def objects(self) -> Mapping[str, bytes]:
        """Every object of the run's bucket."""
        s3 = self.region.clients.s3
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=self.region.name)
        keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
        return {key: s3.get_object(Bucket=self.region.name, Key=key)["Body"].read() for key in keys}

    def mails(self) -> Sequence[Mail]:
        """The mails that were sent with the run's configuration set, read from the Maildir."""
        files = (path for folder in ("new", "cur") for path in (self.mailbox / folder).iterdir())
        return [mail for path in files if (mail := _mail(path, self.region.name)) is not None]

    def depths(self) -> Mapping[str, tuple[int, int]]:
        """Messages that wait and dead letters, by queue."""
        return self.region.depths()

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


def _mail(path: Path, configuration_set: str) -> Mail | None:
    """The mail in a file; the sink keeps what SES knew of it as JSON in a first header."""
    with path.open("rb") as file:
        message = message_from_binary_file(file, policy=default)
    envelope = json.loads(str(message["X-SES-Envelope"]))
    if envelope["configuration_set"] != configuration_set:
        return None
    parts = [(str(part.get_filename()), part.get_payload(decode=True)) for part in message.iter_attachments()]
    files = tuple((name, hashlib.sha256(data).hexdigest()) for name, data in parts if isinstance(data, bytes))
    return Mail(envelope["message_id"], envelope["subject"], tuple(envelope["to"]), files)
