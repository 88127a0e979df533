"""Requests for credit notes, over the orders that stand in the database."""

import hashlib
from collections.abc import Mapping
from uuid import UUID, uuid4

from services.common.pipeline import outbox
from services.invoice.credit import Pieces
from services.invoice.crediting import CreditRequest
from services.manifests.credit_request import CreditedQuantity, CreditRequestManifest
from tests.integration.conftest import World


def wish(
    world: World,
    quantities: Mapping[int, int | Pieces] | None,
    number: str = "EU-000001",
    *,
    reason: str = "Licences cancelled",
    request_id: UUID | None = None,
) -> CreditRequest:
    """What is to be taken back of the invoice, in the name of its order or, if there is none, of any order."""
    order_id = world.value(
        """
        SELECT o.id FROM sales_order o LEFT JOIN invoice i ON i.order_id = o.id AND i.invoice_number = %s
        ORDER BY i.id IS NULL LIMIT 1
        """,
        number,
    )
    pieces = {
        position: Pieces(asked) if isinstance(asked, int) else asked for position, asked in (quantities or {}).items()
    }
    return CreditRequest(
        request_id or uuid4(), UUID(str(order_id)), number, reason, None if quantities is None else pieces
    )


def hand_over(world: World, asked: CreditRequest) -> None:
    """Puts the request into the outbox, as whoever takes licences back does."""
    manifest = CreditRequestManifest(
        request_id=asked.request_id,
        invoice_number=asked.invoice_number,
        quantities=tuple(
            CreditedQuantity(
                position=position,
                quantity=pieces.quantity,
                days=pieces.proration and pieces.proration.days,
                term_days=pieces.proration and pieces.proration.term_days,
            )
            for position, pieces in (asked.pieces or {}).items()
        ),
        reason=asked.reason,
    )
    _add(world, outbox.payload("invoice", _customer(world), asked.order_id, 2, manifest))


def hand_over_bytes(world: World, body: bytes) -> None:
    """Puts a request into the outbox byte for byte, in the name of the one order that there is."""
    order_id = UUID(str(world.value("SELECT id FROM sales_order")))
    digest = hashlib.sha256(body).hexdigest()
    customer = _customer(world)
    path = f"{customer}/{order_id}/invoice/2-{digest}.json"
    _add(world, outbox.Payload(path, "invoice", order_id, customer, body.decode(), digest))


def _add(world: World, payload: outbox.Payload) -> None:
    with world.database.transaction() as connection:
        outbox.add(connection, payload)


def _customer(world: World) -> UUID:
    return UUID(str(world.value("SELECT customer_id FROM sales_order")))
