"""`GET /cases/{id}/timeline`: what has happened to a case and to the order that it is about, for support alone."""

from typing import Any
from uuid import UUID

from services.common import timeline
from services.common.api import Call, Reply
from services.common.database import Connection
from services.common.mail.states import mail_state
from services.common.money.amounts import Money
from services.support import cases
from services.support.models import (
    CaseEventAnswer,
    CaseMailAnswer,
    CaseTimelineAnswer,
    OrderTimelineAnswer,
    TimelineDocumentAnswer,
    TimelineMailAnswer,
    TimelineStageAnswer,
    TimelineStateAnswer,
)

_ORDER = """
    SELECT o.id, o.state, o.reason, o.product_name, o.amount, o.created_at FROM sales_order o
    WHERE o.id = coalesce(
        %(order_id)s, (SELECT order_id FROM invoice WHERE id = %(invoice_id)s),
        (SELECT order_id FROM license WHERE id = %(license_id)s)
    )
"""
"""The order that a case names, or that of its invoice or its licence."""
_EVENTS = "SELECT at, field, value, actor FROM case_event WHERE case_id = %s AND field <> 'mail' ORDER BY at, field"
_MAILS = """
    SELECT e.at, i.outcome, l.state, (
        SELECT array_agg(t.event_type) FROM mail_event t WHERE t.attempt_id = ANY(l.earlier_attempts || l.attempt_id)
    ) AS events
    FROM case_event e
    JOIN outbox b ON b.order_id = e.value::uuid
    LEFT JOIN inbox i ON i.path = b.path AND i.consumer = b.queue
    LEFT JOIN email_ledger l ON l.path = b.path
    WHERE e.case_id = %s AND e.field = 'mail' ORDER BY e.at
"""


def case_timeline(call: Call) -> Reply:
    """The case's changes and mails, and the order's history, stages, documents and mails."""
    with call.transaction() as connection:
        case = cases.get(connection, call.id)
        return Reply.of(
            CaseTimelineAnswer(
                events=tuple(map(CaseEventAnswer.of_row, connection.execute(_EVENTS, (call.id,)))),
                mails=tuple(map(_case_mail, connection.execute(_MAILS, (call.id,)))),
                order=_order(connection, case),
            )
        )


def _case_mail(row: dict[str, Any]) -> CaseMailAnswer:
    return CaseMailAnswer(at=row["at"], state=mail_state(row["state"], row["outcome"], row["events"] or ()))


def _order(connection: Connection, case: dict[str, Any]) -> OrderTimelineAnswer | None:
    order = connection.execute(_ORDER, case).fetchone()
    if order is None:
        return None
    order_id: UUID = order["id"]
    return OrderTimelineAnswer.of_row(
        order,
        history=tuple(map(TimelineStateAnswer.of_row, timeline.history(connection, order_id))),
        stages=tuple(map(TimelineStageAnswer.of_row, timeline.stages(connection, order_id))),
        documents=tuple(map(_document, timeline.documents(connection, order_id))),
        mails=tuple(map(_order_mail, timeline.mails(connection, order_id))),
    )


def _document(row: dict[str, Any]) -> TimelineDocumentAnswer:
    return TimelineDocumentAnswer.of_row(row, total=f"{Money.rounded(row['total'], row['currency']).amount:f}")


def _order_mail(row: dict[str, Any]) -> TimelineMailAnswer:
    return TimelineMailAnswer.of_row(row, events=tuple(event["event_type"] for event in row["events"]))
