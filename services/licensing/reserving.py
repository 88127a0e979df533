"""More and fewer licences of an item: what is asked for, checked against what is there now, and kept under its own id.

The item is locked first and its version raised: of several who have read the same version, one comes through.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

from services.common import orders
from services.common.api import Call
from services.common.database import Connection
from services.common.errors import Conflict, InvalidRequest, LicensesAssigned
from services.common.orders import State
from services.licensing import open_changes
from services.licensing.changes import ChangeKind
from services.licensing.choice import AssignedWouldGo, Held, NotThose, choose
from services.licensing.models import MAX_CHANGE, Cancellation, Quantity
from services.licensing.reservation import Item, Reservation, locked, price_of
from services.licensing.terms import joining


def quantity(connection: Connection, call: Call) -> UUID:
    """The change that brings the item to the quantity that is asked for.

    Raises:
        NotFound: there is no such item, or none that the caller may see.
        PreconditionFailed: the item has changed since the caller read it.
        ChangeOpen: it has a change under way.
        LicensesAssigned: assigned licences would have to go.
        Conflict: it has that quantity, or too few licences of the caller's that could go.
        InvalidRequest: more than one change may have, or a licence is named that cannot go.
        NotPossible: the product is not for sale now.
    """
    wanted = call.body(Quantity)
    item = _item(connection, call)
    more = wanted.quantity - item.quantity
    if more == 0:
        raise Conflict(f"the item has {item.quantity} licences already")
    if abs(more) > MAX_CHANGE:
        raise _too_many()
    if more > 0:
        if wanted.license_ids:
            raise _not_those("no licence goes when more come")
        return _increase(connection, call, item, more)
    held = _held(connection, item)
    if len(held) < -more:
        raise Conflict("others share the subscription, and fewer of the item's licences than that are yours")
    return _give_back(connection, call, item, ChangeKind.RETURN, _chosen(held, -more, wanted.license_ids))


def cancellation(connection: Connection, call: Call) -> UUID:
    """The change that gives all licences of the item back.

    Raises:
        NotFound: there is no such item, or none that the caller may see.
        PreconditionFailed: the item has changed since the caller read it.
        ChangeOpen: it has a change under way.
        LicensesAssigned: some are assigned, and the caller has not said that they may go.
        Conflict: there are none, or some are somebody else's.
        InvalidRequest: there are more than one change may have.
    """
    item = _item(connection, call)
    held = _held(connection, item)
    if item.quantity == 0:
        raise Conflict("the item has no licences")
    if len(held) != item.quantity:
        raise Conflict("others share the subscription: lower the quantity by your own licences")
    if len(held) > MAX_CHANGE:
        raise _too_many()
    named = [one.id for one in held] if call.body(Cancellation).include_assigned else []
    return _give_back(connection, call, item, ChangeKind.CANCEL, _chosen(held, len(held), named))


def end_of(connection: Connection, item: UUID) -> date | None:
    """The latest last day among the item's licences, if it has any."""
    row = connection.execute(
        """
        SELECT valid_to_date FROM license
        WHERE subscription_item_id = %s AND returned_at IS NULL AND valid_to_date IS NOT NULL
        ORDER BY valid_to_date DESC LIMIT 1
        """,
        (item,),
    ).fetchone()
    return None if row is None else row["valid_to_date"]


def _increase(connection: Connection, call: Call, item: Item, more: int) -> UUID:
    """An order in the state in which a request leaves one whose outcome it did not learn: the order service buys it."""
    term = joining(item.today, end_of(connection, item.id))
    price = price_of(connection, call.customer.customer_id, item, more, term)
    change = Reservation(uuid4(), call.customer.customer_id, item, ChangeKind.INCREASE, more=more)
    connection.execute(
        """
        INSERT INTO sales_order (id, kind, customer_id, subscription_id, sales_product_id, subscription_item_id,
            product_name, amount, sales_price, currency, state, leased_until, charged_days, term_days, period_from,
            period_to)
        VALUES (%s, 'INCREASE', %s, %s, %s, %s, %s, %s, %s, %s, 'RESERVED', now() - interval '1 s', %s, %s, %s, %s)
        """,
        (
            change.id, change.customer_id, item.subscription_id, item.sales_product_id, item.id, item.product_name,
            more, price.amount, price.currency, term.charged_days, term.term_days, term.starts_on, term.ends_on,
        ),
    )  # fmt: skip
    orders.record(connection, change.id, State.RESERVED)
    return change.keep(connection)


def _give_back(connection: Connection, call: Call, item: Item, kind: ChangeKind, licences: Sequence[UUID]) -> UUID:
    change = Reservation(uuid4(), call.customer.customer_id, item, kind, licences, -len(licences))
    return change.keep(connection)


def _item(connection: Connection, call: Call) -> Item:
    item = locked(connection, call.id)
    call.check_version(item.version)
    open_changes.check_item(connection, item.id)
    return item


def _held(connection: Connection, item: Item) -> list[Held]:
    rows = connection.execute(
        """
        SELECT id, account_id IS NOT NULL AS assigned, created_at FROM license
        WHERE subscription_item_id = %s AND returned_at IS NULL ORDER BY id FOR NO KEY UPDATE
        """,
        (item.id,),
    ).fetchall()
    return [Held(**row) for row in rows]


def _chosen(held: Sequence[Held], count: int, named: Sequence[UUID]) -> tuple[UUID, ...]:
    try:
        return choose(held, count, named)
    except AssignedWouldGo as refusal:
        raise LicensesAssigned(str(refusal), assigned=refusal.short) from None
    except NotThose as refusal:
        raise _not_those(str(refusal)) from None


def _not_those(message: str) -> InvalidRequest:
    return InvalidRequest("see 'errors' for each field", errors=[{"field": "licenseIds", "message": message}])


def _too_many() -> InvalidRequest:
    return InvalidRequest(f"one change is of {MAX_CHANGE} licences at the most: take several steps")
