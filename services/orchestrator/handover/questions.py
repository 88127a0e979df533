"""What a note asks of the database. Each question is bound to `oldest`, how many to name, and `late`, in seconds."""

from services.orchestrator.expiry import OPEN_ORDERS

PARKED_COUNT = "SELECT count(*) FROM sales_order WHERE state = 'PARKED'"
PARKED = """
    SELECT o.id, o.customer_id, c.company_name AS customer, o.reason, coalesce(
        (SELECT max(e.at) FROM order_event e WHERE e.order_id = o.id AND e.stage = 'PARKED'), o.updated_at
    ) AS since
    FROM sales_order o JOIN customer c ON c.id = o.customer_id
    WHERE o.state = 'PARKED' ORDER BY o.created_at, o.id LIMIT %(oldest)s
"""

UNFINISHED = """
    SELECT state, count(*), (array_agg(id ORDER BY updated_at, id))[1] AS oldest, min(updated_at) AS since
    FROM (
        SELECT id, state, updated_at FROM sales_order WHERE state = 'RESERVED'
        UNION ALL
        SELECT id, state, updated_at FROM sales_order WHERE state IN ('CONFIRMED', 'INVOICED', 'DOCUMENTED')
    ) AS unfinished
    GROUP BY state ORDER BY array_position(ARRAY['RESERVED', 'CONFIRMED', 'INVOICED', 'DOCUMENTED'], state)
"""
"""In two halves, for each has an index of its own."""

_URGENCY = "array_position(ARRAY['URGENT', 'HIGH', 'NORMAL', 'LOW'], {}priority)"
CASES = f"""
    SELECT status, priority, count(*) FROM support_case
    WHERE status IN ('OPEN', 'WAITING_FOR_SUPPORT', 'WAITING_FOR_CUSTOMER')
    GROUP BY status, priority ORDER BY {_URGENCY.format("")}, status
"""  # noqa: S608 - constants
CASES_FOR_US = f"""
    SELECT c.number, c.customer_id, k.company_name AS customer, c.status, c.priority,
        c.assignee IS NOT NULL AS assigned, coalesce(
            (SELECT max(m.created_at) FROM case_message m WHERE m.case_id = c.id AND m.author = 'CUSTOMER'),
            c.created_at
        ) AS since
    FROM support_case c JOIN customer k ON k.id = c.customer_id
    WHERE c.status IN ('OPEN', 'WAITING_FOR_SUPPORT')
    ORDER BY {_URGENCY.format("c.")}, c.created_at, c.id LIMIT %(oldest)s
"""  # noqa: S608 - constants; without the subject, which is the customer's words to support alone
CHANGES = """
    SELECT state, count(*) FROM licence_change WHERE state IN ('RESERVED', 'CONFIRMED', 'PARKED') GROUP BY state
"""
PARKED_CHANGES = """
    SELECT h.id, h.kind, h.customer_id, c.company_name AS customer, h.reason, h.updated_at AS since
    FROM licence_change h JOIN customer c ON c.id = h.customer_id
    WHERE h.state = 'PARKED' ORDER BY h.created_at, h.id LIMIT %(oldest)s
"""
CANCELLATIONS = "SELECT count(*) FROM sales_order WHERE cancel_due_at IS NOT NULL"

_DISCREPANCIES = "ccp_discrepancy WHERE kind NOT IN ('MATCHED', 'UNSETTLED') AND cancelled_at IS NULL"
DISCREPANCY_COUNT = f"SELECT count(*) FROM {_DISCREPANCIES}"  # noqa: S608 - constants
DISCREPANCIES = f"""
    SELECT transaction_id, order_id, kind, refusal, created_at AS since FROM {_DISCREPANCIES}
    ORDER BY created_at, transaction_id LIMIT %(oldest)s
"""  # noqa: S608 - constants

_UNMAILED = f"""
    invoice v JOIN customer c ON c.id = v.customer_id
    WHERE v.order_id IN ({OPEN_ORDERS}) AND v.generated_at < now() - make_interval(secs => %(late)s)
        AND NOT EXISTS (
            SELECT FROM outbox b JOIN email_ledger l ON l.path = b.path
            WHERE b.order_id = v.order_id AND b.queue = 'email' AND l.state = 'SENT'
                AND split_part(split_part(b.path, '/', 4), '-', 1) = v.revision::text
        )
"""
UNMAILED_COUNT = f"SELECT count(*) FROM {_UNMAILED}"  # noqa: S608 - constants
UNMAILED = f"""
    SELECT v.invoice_number AS number, v.order_id, v.customer_id, c.company_name AS customer, v.generated_at AS since
    FROM {_UNMAILED} ORDER BY v.generated_at, v.id LIMIT %(oldest)s
"""  # noqa: S608 - constants
