"""Gapless invoice numbers: one series per legal entity, a counter row and never a database sequence.

A sequence does not give a number back when its transaction rolls back or crashes; the counter row does. The caller
draws the number last, because the row stays locked until the commit.
"""

from uuid import UUID

from services.common.database import Connection


def draw(connection: Connection, series: str, legal_entity_id: UUID) -> int:
    """The series' next number, from 1; it is given back if the transaction does not commit."""
    row = connection.execute(
        """
        INSERT INTO invoice_series (series, legal_entity_id, last_number) VALUES (%s, %s, 1)
        ON CONFLICT (series) DO UPDATE SET last_number = invoice_series.last_number + 1, updated_at = now()
        RETURNING last_number
        """,
        (series, legal_entity_id),
    ).fetchone()
    if row is None:
        raise LookupError(f"the series {series} gave no number")
    number: int = row["last_number"]
    return number


def invoice_number(series: str, number: int) -> str:
    """How a number is printed, for example `EU-000042`."""
    return f"{series}-{number:06d}"
