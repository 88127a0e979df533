"""Gapless invoice numbers: per legal entity one series of invoices and one of credit notes, each a counter row.

A database sequence does not give a number back when its transaction rolls back or crashes; the counter row does. The
caller draws the number last, because the row stays locked until the commit.

A writer that was lost may have given numbers that nobody remembers. So an epoch that began with a loss closes every
series, and begins another one for each legal entity, which is named after it and goes on through later epochs.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.common.database import Connection


class InvoiceKind(StrEnum):
    """What a numbered document is; a series counts one kind alone."""

    INVOICE = "INVOICE"
    CREDIT_NOTE = "CREDIT_NOTE"


@dataclass(frozen=True)
class Number:
    """A drawn number: its series, its place in it from 1, and when it was drawn by the database's clock.

    The clock is read under the lock on the counter row. A transaction's own time is that of its start, so that of two
    writers around midnight the later number could get the earlier day.
    """

    series: str
    value: int
    drawn_at: datetime

    @property
    def text(self) -> str:
        """How it is printed, for example `EU-000042`."""
        return f"{self.series}-{self.value:06d}"


def draw(connection: Connection, series: str, legal_entity_id: UUID, kind: InvoiceKind = InvoiceKind.INVOICE) -> Number:
    """The series' next number; it is given back if the transaction does not commit.

    Raises:
        LookupError: the series belongs to another legal entity, counts another kind, or is closed.
    """
    row = connection.execute(
        """
        INSERT INTO invoice_series (series, legal_entity_id, kind, last_number) VALUES (%s, %s, %s, 1)
        ON CONFLICT (series) DO UPDATE SET last_number = invoice_series.last_number + 1, updated_at = now()
            WHERE (invoice_series.legal_entity_id, invoice_series.kind) = (excluded.legal_entity_id, excluded.kind)
                AND invoice_series.closed_at IS NULL
        RETURNING last_number, clock_timestamp() AS drawn_at
        """,
        (series, legal_entity_id, kind.value),
    ).fetchone()
    if row is None:
        raise LookupError(f"the series {series} gave no number: another legal entity's, of another kind, or closed")
    return Number(series, row["last_number"], row["drawn_at"])


def series_since(series: str, loss: int | None) -> str:
    """The legal entity's series of invoices since the epoch that began with the latest loss, for example `EU-7`.

    No legal entity's own series has a hyphen in it, so that this is nobody else's.
    """
    return series if loss is None else f"{series}-{loss}"


def credit_series(series: str) -> str:
    """The series of the credit notes beside a series of invoices; no series of invoices may end in C."""
    return f"{series}C"
