"""Payloads that S3 is about to lose while somebody still needs them, and giving them another life.

When an object was written is known without asking S3: never before its row, and never before it was last written anew.
"""

from dataclasses import dataclass
from uuid import UUID

from services.common.database import Connection, Database
from services.common.errors import NotFound
from services.common.payloads import PayloadLost, PayloadStore
from services.orchestrator import audit, objects
from services.orchestrator.audit import Finding, Warrant
from services.orchestrator.model import MAX_ORDERS

_UNFINISHED = "('CONFIRMED', 'INVOICED', 'DOCUMENTED', 'PARKED')"

_EXPIRING = f"""
    WITH kept AS (
        SELECT b.path, b.order_id, b.queue AS kind, greatest(b.created_at, b.stored_anew_at) AS stored_at FROM outbox b
        UNION ALL
        SELECT i.document_path, i.order_id, 'pdf',
            greatest(i.document_stored_anew_at, (SELECT max(b.created_at) FROM outbox b
                WHERE b.order_id = i.order_id AND b.queue = 'document'))
        FROM invoice i WHERE i.document_path IS NOT NULL
    )
    SELECT k.path, k.order_id, k.kind, o.state, o.reason, k.stored_at + make_interval(days => %(life)s) AS expires_at
    FROM kept k JOIN sales_order o ON o.id = k.order_id
    WHERE o.state IN {_UNFINISHED} AND k.stored_at <= now() - make_interval(days => %(life)s - %(days)s)
    ORDER BY k.stored_at, k.path LIMIT %(limit)s
"""  # noqa: S608 - a constant; every value is bound


@dataclass(frozen=True)
class Kept:
    """A payload or PDF as the database knows it; `body` is the database's copy, which a PDF has none of."""

    path: str
    order_id: UUID
    sha256: str
    body: str | None


def expiring(connection: Connection, life_days: int, days: int) -> list[dict[str, object]]:
    """What unfinished orders lose within `days`, or have lost already, the most urgent first."""
    rows = connection.execute(_EXPIRING, {"life": life_days, "days": days, "limit": MAX_ORDERS}).fetchall()
    return [
        {
            "path": row["path"],
            "kind": row["kind"],
            "orderId": str(row["order_id"]),
            "state": row["state"],
            "reason": row["reason"],
            "expiresAt": row["expires_at"].isoformat(),
        }
        for row in rows
    ]


@dataclass(frozen=True)
class Outlook:
    """What an extension comes to (`extend`, `rebuild` or `refused`), and why."""

    effect: str
    why: str


class Extender:
    """Writes an object again so that the bucket counts its days from now."""

    def __init__(self, database: Database, store: PayloadStore) -> None:
        self._database = database
        self._store = store

    def find(self, path: str) -> Kept:
        """What is known of the path.

        Raises:
            NotFound: it is no payload or PDF of ours.
        """
        with self._database.transaction() as connection:
            row = connection.execute(
                """
                SELECT path, order_id, sha256, body FROM outbox WHERE path = %(path)s
                UNION ALL
                SELECT document_path, order_id, document_sha256, NULL FROM invoice WHERE document_path = %(path)s
                """,
                {"path": path},
            ).fetchone()
        if row is None:
            raise NotFound("there is no payload with this path")
        return Kept(row["path"], row["order_id"], row["sha256"], row["body"])

    def outlook(self, kept: Kept) -> Outlook:
        """What an extension comes to."""
        try:
            self._store.get(kept.path, kept.sha256)
        except PayloadLost as loss:
            if kept.body is None:
                return Outlook("refused", f"{loss}; restart the stage 'document' to have it rendered again")
            if objects.genuine(kept.body, kept.sha256) is None:
                return Outlook("refused", f"{loss}; nor is the database's copy")
            return Outlook("rebuild", f"{loss}; it is written again from the database")
        return Outlook("extend", "it is written again as it is")

    def renew(self, kept: Kept) -> None:
        """Writes the object again, from S3 or from the database's copy.

        Raises:
            PayloadLost: neither has the bytes that were written.
            Unavailable: S3 does not answer.
        """
        body = objects.genuine(kept.body, kept.sha256) if kept.body is not None else None
        if body is None:
            body = self._store.get(kept.path, kept.sha256)
        self._store.rewrite(kept.path, body, objects.DOCUMENT if kept.body is None else objects.MANIFEST)


def renewed(connection: Connection, kept: Kept) -> None:
    """Records that the object's days count from now."""
    objects.stored_anew(connection, [kept.path])
    connection.execute("UPDATE invoice SET document_stored_anew_at = now() WHERE document_path = %s", (kept.path,))


def record(connection: Connection, warrant: Warrant, kept: Kept, outlook: Outlook) -> None:
    """Adds the extension, or the look at one, to the audit."""
    audit.record(connection, warrant, Finding(kept.order_id, kept.path, outlook.effect, outlook.why))
