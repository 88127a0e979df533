"""Changes of licences as the database has them: what was asked for, how it stands, and who may work on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

from services.common.ccp.schedule import LEASES
from services.common.database import Connection
from services.licensing.terms import Term, added


class ChangeKind(StrEnum):
    """What is changed."""

    INCREASE = "INCREASE"
    """More licences of an item: an order of the same id, which the order service buys."""

    RETURN = "RETURN"
    """Some licences of an item are given back."""

    CANCEL = "CANCEL"
    """All licences of an item are given back, and the item ends."""

    EXTEND = "EXTEND"
    """A licence runs longer; once the CCP has agreed, it is an order of the same id."""


class State(StrEnum):
    """How a change stands."""

    RESERVED = "RESERVED"
    """Asked for; the CCP may know of it or not."""

    CONFIRMED = "CONFIRMED"
    """The CCP has agreed and the licences are changed; credit notes may still be asked for."""

    FINISHED = "FINISHED"
    """Nothing is left to do."""

    REFUSED = "REFUSED"
    """The CCP has refused for good; nothing is changed."""

    PARKED = "PARKED"
    """The CCP's outcome is unclear or not as asked; a person is told, and it is looked at again each day."""


class ItemState(IntEnum):
    """How a subscription item stands; a later order makes a cancelled one active again."""

    ACTIVE = 1
    CANCELLED = 2


PARKED_SECONDS = 24 * 3600.0
"""How long a parked change waits for the next look at the CCP."""

OUTCOME = """
    CASE WHEN c.kind <> 'INCREASE' THEN c.state
        WHEN o.ccp_transaction_id IS NOT NULL THEN 'CONFIRMED'
        WHEN o.state IN ('RESERVED', 'PARKED') THEN o.state ELSE 'REFUSED' END
"""
"""The state of the change `c` in SQL; `o` is the order of the same id."""


@dataclass(frozen=True)
class Extension:
    """How much longer a licence runs, at which prices for a full term.

    Attributes:
        term: the days that come to it.
        sales_price: ours, as it was when the change was asked for.
        currency: of `sales_price`.
        purchase_price: the CCP's, as the catalogue has it now.
        purchase_currency: of `purchase_price`.
    """

    term: Term
    sales_price: Decimal
    currency: str
    purchase_price: Decimal
    purchase_currency: str


@dataclass(frozen=True)
class Change:
    """A return, a cancellation or an extension whose lease the caller holds; its `id` is its name at the CCP.

    Attributes:
        service_id: the CCP's product.
        attempt: 1 if nobody has asked the CCP before.
        parked: it is looked at again, and goes on only if it is as asked by now.
    """

    id: UUID
    kind: ChangeKind
    customer_id: UUID
    subscription_id: UUID
    subscription_item_id: UUID
    service_id: UUID
    license_ids: tuple[UUID, ...]
    extension: Extension | None
    attempt: int
    parked: bool


_LEASE = """
    UPDATE licence_change c
    SET leased_until = now() + make_interval(secs => (%(leases)s)[least(ccp_attempts + 1, cardinality(%(leases)s))]),
        ccp_attempts = ccp_attempts + 1, updated_at = now()
    FROM subscription_item i, sales_product p
    WHERE i.id = c.subscription_item_id AND p.id = i.sales_product_id
        AND c.state IN ('RESERVED', 'PARKED') AND c.leased_until <= now() AND c.id = {change}
    RETURNING c.*, i.subscription_id, p.ccp_product_id, p.purchase_price, p.currency AS purchase_currency
"""
_THIS = _LEASE.format(change="%(change)s")
_OVERDUE = _LEASE.format(
    change="""(
        SELECT id FROM licence_change WHERE state IN ('RESERVED', 'PARKED') AND leased_until <= now()
        ORDER BY leased_until LIMIT 1 FOR UPDATE SKIP LOCKED
    )"""
)


def lease(connection: Connection, change_id: UUID) -> Change | None:
    """The change, if the caller alone may now ask the CCP about it."""
    row = connection.execute(_THIS, {"leases": LEASES, "change": change_id}).fetchone()
    return None if row is None else _change(row)


def lease_overdue(connection: Connection) -> Change | None:
    """The change that has been due for longest and that nobody holds; the caller now does."""
    row = connection.execute(_OVERDUE, {"leases": LEASES}).fetchone()
    return None if row is None else _change(row)


def put_off(connection: Connection, change: Change, seconds: float, *, attempted: bool) -> None:
    """Gives the lease back until the next attempt; one in which the CCP was not called does not count.

    Whoever was so slow that somebody else has the lease by now gives nothing back.
    """
    connection.execute(
        """
        UPDATE licence_change SET leased_until = now() + make_interval(secs => %s),
            ccp_attempts = ccp_attempts - %s, updated_at = now()
        WHERE id = %s AND state IN ('RESERVED', 'PARKED') AND ccp_attempts = %s
        """,
        (seconds, 0 if attempted else 1, change.id, change.attempt),
    )


def refuse(connection: Connection, change: Change, reason: str) -> None:
    """Ends the change without effect, unless somebody else has settled it."""
    connection.execute(
        """
        UPDATE licence_change SET state = 'REFUSED', reason = %s, updated_at = now()
        WHERE id = %s AND state IN ('RESERVED', 'PARKED')
        """,
        (reason, change.id),
    )


def park(connection: Connection, change: Change, reason: str) -> None:
    """Has a person look at the change, and the reconciler again tomorrow, unless somebody else has settled it.

    It counts as asked once, so that the CCP is searched before it is asked again.
    """
    connection.execute(
        """
        UPDATE licence_change SET state = 'PARKED', reason = %s, ccp_attempts = 1,
            leased_until = now() + make_interval(secs => %s), updated_at = now()
        WHERE id = %s AND state IN ('RESERVED', 'PARKED')
        """,
        (reason, PARKED_SECONDS, change.id),
    )


def _change(row: Mapping[str, Any]) -> Change:
    return Change(
        id=row["id"],
        kind=ChangeKind(row["kind"]),
        customer_id=row["customer_id"],
        subscription_id=row["subscription_id"],
        subscription_item_id=row["subscription_item_id"],
        service_id=row["ccp_product_id"],
        license_ids=tuple(row["license_ids"]),
        extension=_extension(row) if row["kind"] == ChangeKind.EXTEND else None,
        attempt=row["ccp_attempts"],
        parked=row["state"] == State.PARKED,
    )


def _extension(row: Mapping[str, Any]) -> Extension:
    return Extension(
        term=added(row["valid_from_date"], row["valid_to_date"]),
        sales_price=row["sales_price"],
        currency=row["currency"],
        purchase_price=row["purchase_price"],
        purchase_currency=row["purchase_currency"],
    )
