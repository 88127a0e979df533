"""The table of sales that the CCP has and no order, or the other way round: judged, alarmed once, cancelled by rule.

The wish to cancel is committed before the CCP is called and the call is repeated until it is answered, so that no crash
forgets an extra sale. It is only ever wished on facts that cannot change: an order keeps its sale, and a rejection.
"""

import logging
from collections.abc import Iterable, Sequence
from uuid import UUID

from services.common.ccp.client import CcpOutcomeUnknown, CcpRefused
from services.common.database import Connection, Database
from services.common.orders import State
from services.order.ccp import CcpClient
from services.order.judgement import ALARMING, CANCELLED_BY_RULE, Kind, Order, judge

AGAIN_SECONDS = 300
"""How long a cancellation without an answer, or whose process died, waits for the next try."""

Named = tuple[UUID, str | None]
"""A sale's transaction and the reference that it carries."""

_log = logging.getLogger(__name__)

_NOTE = """
    INSERT INTO ccp_discrepancy AS known (transaction_id, order_id, reference, kind, cancel_at)
    VALUES (%(transaction)s, %(order)s, %(reference)s, %(kind)s, CASE WHEN %(cancel)s THEN now() END)
    ON CONFLICT (transaction_id) DO UPDATE
        SET kind = excluded.kind, order_id = excluded.order_id, cancel_at = excluded.cancel_at, updated_at = now()
        WHERE known.kind <> excluded.kind AND known.cancelled_at IS NULL
"""


def note(connection: Connection, sales: Iterable[Named]) -> None:
    """Judges live sales of the CCP and keeps those that are not the sale of their order."""
    named = list(sales)
    ids = [_order_id(reference) for _, reference in named]
    orders = _orders(connection, [order_id for order_id in ids if order_id is not None])
    for (transaction_id, reference), order_id in zip(named, ids, strict=True):
        order = None if order_id is None else orders.get(order_id)
        kind = judge(transaction_id, order)
        if kind is not Kind.MATCHED:
            _keep(connection, transaction_id, reference, order_id if order else None, kind)


def review(connection: Connection) -> None:
    """Judges again what may have changed since it was seen: its order was settled, or restarted."""
    rows = connection.execute(
        """
        SELECT d.transaction_id, d.reference, d.order_id, o.state, o.ccp_transaction_id
        FROM ccp_discrepancy d JOIN sales_order o ON o.id = d.order_id
        WHERE d.kind IN ('UNSETTLED', 'PARKED') AND d.cancelled_at IS NULL
        """
    ).fetchall()
    for row in rows:
        kind = judge(row["transaction_id"], Order(State(row["state"]), row["ccp_transaction_id"]))
        _keep(connection, row["transaction_id"], row["reference"], row["order_id"], kind)


def lost(connection: Connection, transaction_id: UUID, order_id: UUID) -> bool:
    """Flags the sale of a confirmed order that the CCP has no more; False if it was flagged before."""
    return _keep(connection, transaction_id, str(order_id), order_id, Kind.LOST)


def found_again(connection: Connection, transaction_id: UUID) -> None:
    """Takes the flag of a lost sale back."""
    connection.execute(
        "UPDATE ccp_discrepancy SET kind = %s, updated_at = now() WHERE transaction_id = %s AND kind = %s",
        (Kind.MATCHED.value, transaction_id, Kind.LOST.value),
    )


def cancel_extras(database: Database, ccp: CcpClient) -> int:
    """Cancels at the CCP what is due to be; how many sales the CCP has cancelled."""
    cancelled = 0
    while ccp.wait() == 0.0 and (transaction_id := _next(database)) is not None:
        extra = {"transaction_id": transaction_id}
        try:
            ccp.cancel(transaction_id)
        except CcpOutcomeUnknown as unknown:
            _log.warning("cancellation unknown", extra={**extra, "reason": unknown})
        except CcpRefused as refusal:
            _log.error("ccp-cancellation-refused", extra={**extra, "reason": refusal})
            _finish(database, transaction_id, refusal=str(refusal))
        else:
            _log.info("sale cancelled", extra=extra)
            _finish(database, transaction_id, refusal=None)
            cancelled += 1
    return cancelled


def _orders(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, Order]:
    rows = connection.execute(
        "SELECT id, state, ccp_transaction_id FROM sales_order WHERE id = ANY(%s)", (list(ids),)
    ).fetchall()
    return {row["id"]: Order(State(row["state"]), row["ccp_transaction_id"]) for row in rows}


def _order_id(reference: str | None) -> UUID | None:
    try:
        return UUID(reference) if reference else None
    except ValueError:
        return None


def _keep(
    connection: Connection, transaction_id: UUID, reference: str | None, order_id: UUID | None, kind: Kind
) -> bool:
    """Whether this is news."""
    facts = {
        "transaction": transaction_id,
        "order": order_id,
        "reference": reference,
        "kind": kind.value,
        "cancel": kind in CANCELLED_BY_RULE,
    }
    news = connection.execute(_NOTE, facts).rowcount == 1
    if news and kind in ALARMING:
        extra = {"transaction_id": transaction_id, "order_id": order_id, "outcome": kind.value}
        _log.error("ccp-discrepancy", extra=extra)
    return news


def _next(database: Database) -> UUID | None:
    """A sale to cancel that no other process cancels in the next `AGAIN_SECONDS`."""
    with database.transaction() as connection:
        row = connection.execute(
            """
            UPDATE ccp_discrepancy SET cancel_at = now() + make_interval(secs => %s), updated_at = now()
            WHERE transaction_id = (
                SELECT transaction_id FROM ccp_discrepancy WHERE cancel_at <= now()
                ORDER BY cancel_at LIMIT 1 FOR UPDATE SKIP LOCKED
            )
            RETURNING transaction_id
            """,
            (AGAIN_SECONDS,),
        ).fetchone()
    return None if row is None else row["transaction_id"]


def _finish(database: Database, transaction_id: UUID, *, refusal: str | None) -> None:
    with database.transaction() as connection:
        connection.execute(
            """
            UPDATE ccp_discrepancy SET cancel_at = NULL, refusal = %(refusal)s, updated_at = now(),
                cancelled_at = CASE WHEN %(refusal)s::text IS NULL THEN now() END
            WHERE transaction_id = %(transaction)s
            """,
            {"refusal": refusal, "transaction": transaction_id},
        )
