"""Changes at the CCP as requests ask for them: reserved, settled within the request if that is possible, and told.

A repetition under the same key gets how the change stands by then: 202 while it is open, and what it became after that.
"""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from services.common.api import Call, Handler, Reply
from services.common.api.call import found
from services.common.database import Connection
from services.common.errors import CcpRejected
from services.common.faults import crash_point
from services.licensing import prolonging, reserving
from services.licensing.changes import OUTCOME, ChangeKind
from services.licensing.models import ChangeAnswer, ChangeState
from services.licensing.open_changes import ADDRESS
from services.licensing.settlement import Settlement

_FIND = f"""
    SELECT c.id, c.kind, {OUTCOME} AS state, CASE c.kind WHEN 'INCREASE' THEN o.reason ELSE c.reason END AS reason,
        c.subscription_item_id, c.quantity_before, c.quantity_after, c.valid_to_date, o.id AS order_id, c.created_at,
        CASE c.kind WHEN 'INCREASE' THEN ARRAY(SELECT l.id FROM license l WHERE l.order_id = c.id ORDER BY l.id)
            ELSE c.license_ids END AS license_ids
    FROM licence_change c LEFT JOIN sales_order o ON o.id = c.id
    WHERE c.id = %s
"""  # noqa: S608 - constants; every value is bound


class Changing:
    """Handlers of what changes licences at the CCP."""

    def __init__(self, settlement: Settlement) -> None:
        self._settlement = settlement

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """The handlers by their operations."""
        return {
            "changeQuantity": lambda call: self._change(call, reserving.quantity),
            "cancelSubscriptionItem": lambda call: self._change(call, reserving.cancellation),
            "extendLicense": lambda call: self._change(call, prolonging.prolongation),
            "getLicenseChange": show,
        }

    def _change(self, call: Call, reserve: Callable[[Connection, Call], UUID]) -> Reply:
        def effect(connection: Connection) -> Reply:
            change = find(connection, reserve(connection, call))
            crash_point("C23", change.id)
            return Reply.of(change, 202, location=change.status)

        kept = call.once(effect)
        change_id = UUID(kept.headers["Location"].removeprefix(ADDRESS))
        crash_point("C24", change_id)
        self._settlement.pursue(change_id)
        with call.transaction() as connection:
            change = find(connection, change_id)
        if change.state is ChangeState.REFUSED:
            raise CcpRejected(change.reason or "", change=change.status)
        if change.state is ChangeState.CONFIRMED:
            return Reply.of(change)
        return Reply.of(change, 202, location=change.status)


def show(call: Call) -> Reply:
    """How the change stands."""
    with call.transaction() as connection:
        change = find(connection, call.id)
    return Reply.of(change)


def find(connection: Connection, change_id: UUID) -> ChangeAnswer:
    """The change as its customer sees it.

    Raises:
        NotFound: there is none, or none that the caller may see.
    """
    row = found(connection.execute(_FIND.encode(), (change_id,)).fetchone(), "change of licences")
    return _shown(row)


def _shown(row: Mapping[str, Any]) -> ChangeAnswer:
    return ChangeAnswer(
        id=row["id"],
        kind=ChangeKind(row["kind"]),
        state=ChangeState.CONFIRMED if row["state"] == "FINISHED" else ChangeState(row["state"]),
        reason=row["reason"] if row["state"] in (ChangeState.REFUSED, ChangeState.PARKED) else None,
        subscription_item_id=row["subscription_item_id"],
        license_ids=tuple(row["license_ids"]),
        quantity_before=row["quantity_before"],
        quantity_after=row["quantity_after"],
        valid_to_date=row["valid_to_date"],
        order_id=row["order_id"],
        status=f"{ADDRESS}{row['id']}",
        created_at=row["created_at"],
    )
