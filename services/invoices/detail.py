"""`GET /invoices/{id}`: one document with its lines, its credit notes and what became of its mails."""

from typing import Any
from uuid import UUID

from services.common.api import Call, Reply
from services.common.api.call import found
from services.common.database import Connection
from services.common.mail.states import mail_state
from services.invoices.models import (
    InvoiceDetailAnswer,
    InvoiceLineAnswer,
    InvoiceMailAnswer,
)
from services.invoices.rows import COLUMNS, TABLES, amount, computed, summary


def get_invoice(call: Call) -> Reply:
    """One document of the caller's."""
    with call.transaction() as connection:
        row = find(connection, call.id)
        detail = InvoiceDetailAnswer.of_row(
            row,
            **computed(row),
            lines=_lines(connection, row),
            credit_notes=tuple(map(summary, _credit_notes(connection, call.id))),
            mails=_mails(connection, row),
        )
    return Reply.of(detail)


def find(connection: Connection, invoice_id: UUID) -> dict[str, Any]:
    """The document's row.

    Raises:
        NotFound: there is none, or none that the caller may see.
    """
    query = f"SELECT {COLUMNS}, v.revision, v.document_sha256, v.e_invoice_sha256 FROM {TABLES} WHERE v.id = %s"  # noqa: S608
    return found(connection.execute(query.encode(), (invoice_id,)).fetchone(), "invoice")


def _lines(connection: Connection, invoice: dict[str, Any]) -> tuple[InvoiceLineAnswer, ...]:
    rows = connection.execute(
        """
        SELECT position, sales_product_id, description, quantity, sales_price, net, vat, vat_category, period_from,
            period_to
        FROM invoice_line WHERE invoice_id = %s ORDER BY position
        """,
        (invoice["id"],),
    ).fetchall()
    return tuple(
        InvoiceLineAnswer.of_row(
            row,
            sales_price=f"{row['sales_price']:f}",
            net=amount(row["net"], invoice["currency"]),
            vat=f"{row['vat']:f}",
        )
        for row in rows
    )


def _credit_notes(connection: Connection, invoice_id: UUID) -> list[dict[str, Any]]:
    query = f"SELECT {COLUMNS} FROM {TABLES} WHERE v.corrects_id = %s ORDER BY v.generated_at, v.id"  # noqa: S608
    return connection.execute(query.encode(), (invoice_id,)).fetchall()


def _mails(connection: Connection, invoice: dict[str, Any]) -> tuple[InvoiceMailAnswer, ...]:
    rows = connection.execute(
        """
        SELECT coalesce(m.number, 1) AS number, i.outcome, l.state, told.events,
            coalesce(told.at, l.updated_at, i.finished_at, b.created_at) AS at
        FROM outbox b
        LEFT JOIN inbox i ON i.path = b.path AND i.consumer = b.queue
        LEFT JOIN email_ledger l ON l.path = b.path
        LEFT JOIN mail_copy m ON m.path = b.path
        LEFT JOIN LATERAL (
            SELECT array_agg(e.event_type) AS events, max(e.at) AS at FROM mail_event e
            WHERE e.attempt_id = ANY(l.earlier_attempts || l.attempt_id)
        ) AS told ON true
        WHERE b.order_id = %s AND b.queue = 'email'
            AND split_part(split_part(b.path, '/', 4), '-', 1) = %s::text
        ORDER BY b.id
        """,
        (invoice["order_id"], invoice["revision"]),
    ).fetchall()
    return tuple(
        InvoiceMailAnswer.of_row(row, state=mail_state(row["state"], row["outcome"], row["events"] or ()))
        for row in rows
    )
