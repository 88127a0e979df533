"""The synchronisations' rows: who asked, whose turn it is, and what came of each.

A run's row is its lease: there is one open run at a time, and one whose process has died is given up by the next to
come. It is not an advisory lock, since such a lock would hold a database connection while the CCP is waited for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from services.common.ccp.client import BUDGET_SECONDS
from services.common.database import Connection
from services.products.changes import Change, counted

PERIOD_SECONDS = 900
"""From one run to the next that nobody has asked for; also how late a rule begins or ends on its day."""
AGAIN_SECONDS = 60
"""After one that failed."""
LEASE_SECONDS = BUDGET_SECONDS + 42
"""The call to the CCP and the transaction after it."""
KEPT_CHANGES = 200
"""Changes that a run's row tells one by one; all of them are counted."""


@dataclass(frozen=True)
class Run:
    """A run that is the caller's to do."""

    id: UUID
    accept_withdrawals: bool


def ask(connection: Connection, operator: UUID, *, accept_withdrawals: bool) -> dict[str, Any] | None:
    """The row of a run for the next pod to do; None while another one is open."""
    return connection.execute(
        """
        INSERT INTO catalogue_synchronisation (state, asked_by, accept_withdrawals) VALUES ('WAITING', %s, %s)
        ON CONFLICT DO NOTHING RETURNING *
        """,
        (operator, accept_withdrawals),
    ).fetchone()


def take(connection: Connection) -> Run | None:
    """The run that waits or is due, if no other process has one in hand."""
    connection.execute(
        """
        UPDATE catalogue_synchronisation
        SET state = 'FAILED', reason = 'its process has ended', finished_at = now(), updated_at = now()
        WHERE state = 'RUNNING' AND leased_until < now()
        """
    )
    row = (
        connection.execute(
            """
            UPDATE catalogue_synchronisation
            SET state = 'RUNNING', started_at = now(), updated_at = now(),
                leased_until = now() + make_interval(secs => %s)
            WHERE state = 'WAITING' RETURNING id, accept_withdrawals
            """,
            (LEASE_SECONDS,),
        ).fetchone()
        or connection.execute(
            """
            INSERT INTO catalogue_synchronisation (state, started_at, leased_until)
            SELECT 'RUNNING', now(), now() + make_interval(secs => %s)
            WHERE NOT EXISTS (
                SELECT FROM catalogue_synchronisation WHERE started_at >
                    now() - make_interval(secs => CASE state WHEN 'FAILED' THEN %s ELSE %s END)
            )
            ON CONFLICT DO NOTHING RETURNING id, accept_withdrawals
            """,
            (LEASE_SECONDS, AGAIN_SECONDS, PERIOD_SECONDS),
        ).fetchone()
    )
    return None if row is None else Run(row["id"], row["accept_withdrawals"])


def hold(connection: Connection, run: Run) -> bool:
    """Whether the run is still the caller's; nobody else takes it until the transaction ends."""
    row = connection.execute(
        "SELECT FROM catalogue_synchronisation WHERE id = %s AND state = 'RUNNING' FOR UPDATE", (run.id,)
    ).fetchone()
    return row is not None


def finish(
    connection: Connection, run: Run, changes: Sequence[Change], *, listed: int | None, fault: str | None = None
) -> None:
    """Records what came of the run; one that changed nothing takes the place of those like it."""
    told = [
        {"productId": str(one.product_id), "name": one.name, "change": one.kind.value, "was": one.was, "now": one.now}
        for one in changes[:KEPT_CHANGES]
    ]
    connection.execute(
        """
        UPDATE catalogue_synchronisation
        SET state = CASE WHEN %(fault)s::text IS NULL THEN 'DONE' ELSE 'FAILED' END, reason = %(fault)s,
            finished_at = now(), updated_at = now(), listed = %(listed)s, counts = %(counts)s, changes = %(changes)s
        WHERE id = %(run)s
        """,
        {
            "run": run.id,
            "fault": fault,
            "listed": listed,
            "counts": Jsonb(counted(changes)),
            "changes": Jsonb(told),
        },
    )
    if not changes:
        connection.execute(
            """
            DELETE FROM catalogue_synchronisation
            WHERE state = %s AND asked_by IS NULL AND counts = '{}' AND id <> %s
            """,
            ("DONE" if fault is None else "FAILED", run.id),
        )
