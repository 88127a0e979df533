"""Mails that a lost region may have sent: the ledger that would know has gone with it, so a person is asked first."""

from collections.abc import Sequence

from services.common.database import Connection
from services.common.pipeline import losses
from services.common.pipeline.inbox import Work


def check(connection: Connection, work: Work, attachments: Sequence[str]) -> None:
    """Returns if the mail was not sent for sure, as far as this concerns us, or if a person wants it sent all the same.

    What the ledger knows of is for its own evidence to tell; a document of after the loss was mailed by nobody.

    Raises:
        Park: it may have been sent, and nobody has been told.
        Retry: what was sent is being looked for.
    """
    row = connection.execute(
        """
        SELECT min(v.generated_at) AS numbered_at, string_agg(DISTINCT v.invoice_number, ', ') AS numbers,
            EXISTS (SELECT FROM email_ledger WHERE path = %(path)s) AS known,
            EXISTS (SELECT FROM lost_mail WHERE path = %(path)s) AS lost
        FROM invoice v WHERE v.order_id = %(order)s
            AND (v.document_path = ANY(%(paths)s) OR v.e_invoice_path = ANY(%(paths)s))
        """,
        {"path": work.path, "order": work.order_id, "paths": list(attachments)},
    ).fetchone()
    if row is None or row["numbered_at"] is None or row["known"]:
        return
    doubt = losses.doubt(connection, row["numbered_at"])
    if doubt is not None or row["lost"]:
        reason = f"the mail with {row['numbers']} was handed over before a region was lost, and may have been sent"
        losses.ask_once(connection, work.order_id, f"{reason}: restart it to have it sent")
