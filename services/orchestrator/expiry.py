"""Payloads and PDFs that S3 is about to lose while somebody still needs them.

When an object was written is known without asking S3: never before its row, and never before it was last written anew.
"""

from typing import Any

from services.common.database import Connection
from services.common.pipeline.inbox import DONE
from services.orchestrator.cursors import PayloadCursor
from services.orchestrator.queries import ExpiringQuery

OPEN_ORDERS = """
    SELECT id FROM sales_order WHERE state IN ('CONFIRMED', 'INVOICED', 'DOCUMENTED')
    UNION SELECT id FROM sales_order WHERE state = 'RESERVED'
    UNION SELECT id FROM sales_order WHERE state = 'PARKED'
    UNION SELECT order_id FROM outbox WHERE consumed_at IS NULL
    UNION SELECT b.order_id FROM inbox i JOIN outbox b ON b.path = i.path AND b.queue = i.consumer
        WHERE i.outcome IN ('parked', 'skipped')
"""
"""Orders that anything may be open of, each part by a partial index of its own: they are few, and those done many."""

_EXPIRING = f"""
    WITH open_order AS ({OPEN_ORDERS}),
    kept AS (
        SELECT b.path, b.order_id, b.queue AS kind, greatest(b.created_at, b.stored_anew_at) AS stored_at,
            NOT {DONE} AS open
        FROM outbox b LEFT JOIN inbox i ON i.path = b.path AND i.consumer = b.queue
        WHERE {{which}}
        UNION ALL
        SELECT f.path, v.order_id, f.kind, greatest(f.stored_anew_at, b.created_at), NOT {DONE}
        FROM invoice v CROSS JOIN LATERAL (VALUES
            ('pdf', v.document_path, v.document_stored_anew_at), ('xml', v.e_invoice_path, v.e_invoice_stored_anew_at)
        ) AS f (kind, path, stored_anew_at)
        JOIN outbox b ON b.order_id = v.order_id AND b.queue = 'email'
            AND split_part(split_part(b.path, '/', 4), '-', 1) = v.revision::text
        LEFT JOIN inbox i ON i.path = b.path AND i.consumer = b.queue
        WHERE f.path IS NOT NULL AND i.outcome IS DISTINCT FROM 'replaced'
            AND NOT EXISTS (SELECT FROM mail_copy m WHERE m.path = b.path AND m.replaces IS NULL)
            AND {{which}}
    )
    SELECT k.path, k.order_id, k.kind, o.state, o.reason, k.stored_at,
        k.stored_at + make_interval(days => %(life)s) AS expires_at
    FROM kept k JOIN sales_order o ON o.id = k.order_id
    WHERE (k.open AND o.state <> 'CANCELLED' OR o.state NOT IN ('EMAILED', 'REJECTED', 'CANCELLED')
            OR %(finished)s AND k.stored_at > now() - make_interval(days => %(life)s))
        AND k.stored_at <= now() - make_interval(days => %(life)s - %(days)s)
        AND (%(at)s::timestamptz IS NULL OR (k.stored_at, k.path) > (%(at)s, %(path)s))
    ORDER BY k.stored_at, k.path LIMIT %(limit)s
"""  # noqa: S608 - a constant; every value is bound
_OF_OPEN_ORDERS = _EXPIRING.format(which="b.order_id IN (SELECT id FROM open_order)").encode()
_OF_ALL = _EXPIRING.format(which="true").encode()


def expiring(connection: Connection, life_days: int, query: ExpiringQuery) -> dict[str, object]:
    """One page of what is lost within the query's days, or is lost already, the most urgent first.

    Of a finished order it is only what still waits for something, such as a credit note's mail; if the query wants
    finished orders too, then also what they will lose, but not what is gone.
    """
    after = query.cursor
    rows = connection.execute(
        _OF_ALL if query.finished else _OF_OPEN_ORDERS,
        {
            "life": life_days,
            "days": query.days,
            "finished": query.finished,
            "at": after.at if after else None,
            "path": after.path if after else None,
            "limit": query.limit + 1,
        },
    ).fetchall()
    shown, more = rows[: query.limit], len(rows) > query.limit
    last = PayloadCursor(at=shown[-1]["stored_at"], path=shown[-1]["path"]) if more else None
    return {"payloads": [_shown(row) for row in shown], "next": last.encode() if last else None}


def _shown(row: dict[str, Any]) -> dict[str, object]:
    return {
        "path": row["path"],
        "kind": row["kind"],
        "orderId": str(row["order_id"]),
        "state": row["state"],
        "reason": row["reason"],
        "expiresAt": row["expires_at"].isoformat(),
    }
