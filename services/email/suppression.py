"""Addresses that no mail may go to any more, kept as hashes: who bounced for good, and who complained.

Sending on regardless costs the sender's reputation with SES, and with it the mails of all other customers.
"""

import hashlib
from datetime import datetime

from services.common.database import Connection

_CAUSES = {
    "Bounce": "its mail provider refuses it for good (hard bounce)",
    "Complaint": "its owner reported a mail of ours as unwanted (complaint)",
}


def recipient_hash(address: str) -> str:
    """How the database knows an address, whatever its letters' case."""
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()


def suppress(connection: Connection, address: str, cause: str, message_id: str, at: datetime) -> None:
    """Suppresses the address from now on; the first cause stays."""
    connection.execute(
        """
        INSERT INTO mail_suppression (recipient_sha256, cause, message_id, at)
        VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
        """,
        (recipient_hash(address), cause, message_id, at),
    )


def reason_against(connection: Connection, address: str) -> str | None:
    """Why nothing may be sent to the address, without naming it, or None if something may."""
    row = connection.execute(
        "SELECT cause, at FROM mail_suppression WHERE recipient_sha256 = %s", (recipient_hash(address),)
    ).fetchone()
    if row is None:
        return None
    return f"no mail may go to the customer's address since {row['at']:%Y-%m-%d}: {_CAUSES[row['cause']]}"
