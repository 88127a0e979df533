"""Gapless invoice numbers: per legal entity one series of invoices and one of credit notes, each a counter row.

A database sequence does not give a number back when its transaction rolls back or crashes; the counter row does. The
caller draws the number last, because the row stays locked until the commit.
"""

from enum import StrEnum
from uuid import UUID

from services.common.database import Connection


class InvoiceKind(StrEnum):
    """What a numbered document is; a series counts one kind alone."""

    INVOICE = "INVOICE"
    CREDIT_NOTE = "CREDIT_NOTE"


def draw(connection: Connection, series: str, legal_entity_id: UUID, kind: InvoiceKind = InvoiceKind.INVOICE) -> int:
    """The series' next number, from 1; it is given back if the transaction does not commit.

    Raises:
        LookupError: the series belongs to another legal entity or counts another kind.
    """
    row = connection.execute(
        """
        INSERT INTO invoice_series (series, legal_entity_id, kind, last_number) VALUES (%s, %s, %s, 1)
        ON CONFLICT (series) DO UPDATE SET last_number = invoice_series.last_number + 1, updated_at = now()
            WHERE (invoice_series.legal_entity_id, invoice_series.kind) = (excluded.legal_entity_id, excluded.kind)
        RETURNING last_number
        """,
        (series, legal_entity_id, kind.value),
    ).fetchone()
    if row is None:
        raise LookupError(f"the series {series} gave no number: it is another legal entity's or counts another kind")
    number: int = row["last_number"]
    return number


def credit_series(series: str) -> str:
    """The series of the credit notes beside a series of invoices; no series of invoices may end in C."""
    return f"{series}C"


def invoice_number(series: str, number: int) -> str:
    """How a number is printed, for example `EU-000042`."""
    return f"{series}-{number:06d}"
