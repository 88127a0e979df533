"""Answers as the database has them, with the idempotency key, so that a repetition gets the same bytes.

An answer that shows licence keys is sealed there, bound to its order and its customer. Whoever reads one opens it after
the transaction, since that may take a call to KMS.
"""

from dataclasses import dataclass
from uuid import UUID

from services.common.api.idempotency import sealed_body
from services.common.database import Connection
from services.common.orders import State
from services.common.sealing.cipher import Sealed
from services.common.sealing.vault import Sealer, Vault
from services.order import answers
from services.order.answers import Answer


@dataclass(frozen=True)
class SealedAnswer:
    """An answer that shows licence keys, for the customer of its order alone."""

    order_id: UUID
    customer_id: UUID
    status: int
    body: Sealed

    def opened(self, vault: Vault) -> Answer:
        """The answer, byte for byte as it was given; not to be called within a transaction.

        Raises:
            NotGenuine: it was altered, or belongs to another order or customer.
            Unavailable: it cannot be opened now.
        """
        body = vault.open(self.body, _bound_to(self.order_id, self.customer_id))
        return Answer(self.order_id, self.status, body.decode())


Kept = Answer | SealedAnswer
"""An answer as it is kept."""


def sealed(sealer: Sealer, answer: Answer, customer: UUID) -> SealedAnswer:
    """The answer as it is kept for that customer."""
    body = sealer.seal(answer.body.encode(), _bound_to(answer.order_id, customer))
    return SealedAnswer(answer.order_id, customer, answer.status, body)


def keep(connection: Connection, answer: Kept) -> None:
    """Stores the answer for every repetition of the request; only the answer that the order is pending is replaced."""
    body, secret = (None, answer.body) if isinstance(answer, SealedAnswer) else (answer.body, None)
    connection.execute(
        """
        UPDATE idempotency_key
        SET status = %s, body = %s, sealed_body = %s, data_key_id = %s, updated_at = now()
        WHERE order_id = %s AND (status IS NULL OR status = 202)
        """,
        (answer.status, body, secret and secret.ciphertext, secret and secret.data_key_id, answer.order_id),
    )


def given(connection: Connection, order_id: UUID) -> Kept | None:
    """The answer of whoever has settled the order already, or None while it is reserved; locks the order."""
    # Apart: what is joined to a row that had to be waited for is as old as the statement, and lacks the answer.
    connection.execute("SELECT FROM sales_order WHERE id = %s FOR UPDATE", (order_id,))
    row = connection.execute(
        """
        SELECT o.state, o.customer_id, i.status, i.body, i.sealed_body, i.data_key_id
        FROM sales_order o LEFT JOIN idempotency_key i ON i.order_id = o.id
        WHERE o.id = %s
        """,
        (order_id,),
    ).fetchone()
    if row is None or row["state"] == State.RESERVED:
        return None
    if row["status"] is None:
        return answers.accepted(order_id, row["state"], "another process has settled the order")
    if (secret := sealed_body(row)) is not None:
        return SealedAnswer(order_id, row["customer_id"], row["status"], secret)
    return Answer(order_id, row["status"], row["body"])


def _bound_to(order_id: UUID, customer: UUID) -> str:
    return f"answer/{order_id}/{customer}"
