"""The periodic comparison of the CCP's whole ledger with our orders: finds sales without an order, and second sales.

It goes on from where the last one ended, page by page, whichever process takes the turn. The turn is a row with a time
limit and not an advisory lock, because such a lock would hold a database connection while the CCP is waited for; two
processes that meet in spite of it write the same facts, and only one of them moves the cursor.
"""

import logging

from services.common.ccp.client import BUDGET_SECONDS, CcpOutcomeUnknown, CcpRefused
from services.common.database import Connection, Database
from services.order import discrepancies
from services.order.ccp import CcpClient

LEDGER = "sales"
PERIOD_SECONDS = 300
AFTER_A_LOSS_SECONDS = 10
"""While the CCP may still sell for requests of a region that is lost, and every second of an order unknown counts."""

PAGES = 100
"""In one turn, so that a long ledger does not keep the same thread from the orders; the next turn follows at once."""

TURN_SECONDS = BUDGET_SECONDS + 42
"""How long a page may take before another process takes the comparison over."""

_log = logging.getLogger(__name__)


def compare(database: Database, ccp: CcpClient) -> int | None:
    """Compares what the CCP has sold since the last time; how many sales were read, or None if it was not our turn."""
    with database.transaction() as connection:
        cursor = _take_turn(connection)
    if cursor is None:
        return None
    read = 0
    try:
        for left in reversed(range(PAGES)):
            page = ccp.sales_after(cursor)
            read += len(page.sales)
            live = [(sale.transaction_id, sale.reference) for sale in page.sales if sale.cancelled_at is None]
            with database.transaction() as connection:
                discrepancies.note(connection, live)
                cursor = _move(connection, cursor, page.next, TURN_SECONDS if left else 0)
            if cursor is None:
                break
    except CcpOutcomeUnknown as unknown:
        _log.warning("comparison interrupted", extra={"reason": unknown})
    except CcpRefused as refusal:
        _log.error("ccp-comparison-refused", extra={"reason": refusal})
    with database.transaction() as connection:
        discrepancies.review(connection)
    return read


def _take_turn(connection: Connection) -> int | None:
    row = connection.execute(
        """
        INSERT INTO ccp_comparison AS turn (ledger, due_at) VALUES (%(ledger)s, now() + make_interval(secs => %(turn)s))
        ON CONFLICT (ledger) DO UPDATE SET due_at = excluded.due_at, updated_at = now() WHERE turn.due_at <= now()
        RETURNING turn.cursor
        """,
        {"ledger": LEDGER, "turn": TURN_SECONDS},
    ).fetchone()
    return None if row is None else row["cursor"]


def _move(connection: Connection, cursor: int, following: int | None, turn: float) -> int | None:
    """The next page, to be read within `turn` seconds, if there is one and nobody has gone on from this one already.

    After the last page the cursor stays where it is: that page is read again the next time, with what came to it.
    """
    moved = connection.execute(
        """
        UPDATE ccp_comparison SET cursor = %s, due_at = now() + make_interval(secs => %s), updated_at = now()
        WHERE ledger = %s AND cursor = %s
        """,
        (
            cursor if following is None else following,
            _period(connection) if following is None else turn,
            LEDGER,
            cursor,
        ),
    )
    return following if moved.rowcount == 1 else None


def _period(connection: Connection) -> int:
    lost = connection.execute("SELECT FROM writer_loss WHERE began_at > now() - interval '5 minutes'")
    return AFTER_A_LOSS_SECONDS if lost.rowcount else PERIOD_SECONDS
