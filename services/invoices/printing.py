"""Having a document printed again that S3 has forgotten: it keeps nothing for longer than its days."""

from typing import Any

from services.common.database import Connection
from services.common.pipeline import inbox, outbox


def print_again(connection: Connection, invoice: dict[str, Any]) -> None:
    """Hands the document's payload to the document generator anew, unless it is on its way already.

    The generator prints the same bytes under the same name, and sends no second mail.
    """
    row = connection.execute(
        """
        SELECT path FROM outbox
        WHERE order_id = %s AND queue = 'document' AND split_part(split_part(path, '/', 4), '-', 1) = %s::text
            AND (consumed_at IS NOT NULL OR due_at = 'infinity')
        ORDER BY id LIMIT 1
        """,
        (invoice["order_id"], invoice["revision"]),
    ).fetchone()
    if row is not None:
        inbox.reopen(connection, row["path"])
        outbox.make_due(connection, row["path"])


def print_late(connection: Connection, invoice: dict[str, Any]) -> None:
    """Has an invoice printed that came here with an order which had ended before: until somebody asks, nobody does."""
    ended = connection.execute(
        "SELECT FROM sales_order WHERE id = %s AND state = 'EMAILED' AND %s = 'INVOICE'",
        (invoice["order_id"], invoice["kind"]),
    )
    if ended.rowcount == 1:
        print_again(connection, invoice)
