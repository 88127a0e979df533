"""A mail from any service: it goes into the outbox with the effect that it tells of, and the e-mail service sends it.

It belongs to no order: what becomes of it stands in the e-mail ledger alone.
"""

from uuid import UUID

from services.common.database import Connection
from services.common.pipeline import outbox
from services.manifests.email import EmailManifest


def send(connection: Connection, customer_id: UUID | None, letter_id: UUID, letter: EmailManifest) -> None:
    """Has the letter sent once, if the caller's transaction commits.

    Args:
        connection: the transaction of what the letter tells of.
        customer_id: whose people it goes to; None: our own.
        letter_id: the sender's own id of it. The same id with the same text is the same letter.
        letter: one recipient; nothing in it may be a secret that outlives its reading.
    """
    outbox.add(connection, outbox.payload("email", customer_id or outbox.NOBODY, letter_id, 1, letter))
