"""What S3 still has of an order: found out before a restart, and written again from the database where it is lost."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from services.common.database import Connection, Database
from services.common.pipeline.outbox import genuine
from services.common.pipeline.payloads import PayloadStore, lost
from services.orchestrator.plans import touched
from services.orchestrator.stages import Facts, Stage, waits_at

MANIFEST = "application/json"
DOCUMENT = "application/pdf"
E_INVOICE = "application/xml"


@dataclass(frozen=True)
class Survey:
    """What is lost of what a restart needs: payloads, which the database holds a copy of, and what was rendered."""

    payloads: tuple[str, ...] = ()
    document: bool = False


class Objects:
    """The payload bucket beside the database's knowledge of it."""

    def __init__(self, database: Database, store: PayloadStore) -> None:
        self._database = database
        self._store = store

    def survey(self, facts: Facts, stage: Stage | None) -> Survey:
        """What is lost for a restart from the stage. No database connection is held while S3 is asked."""
        chosen = stage or waits_at(facts)
        if chosen is None or chosen is Stage.ORDER:
            return Survey()
        with self._database.transaction() as connection:
            documents = _document_hashes(connection, facts.order_id) if chosen is not Stage.INVOICE else {}
        document_lost = any(lost(self._store, path, sha256) for path, sha256 in documents.items())
        needed = [entry.path for entry in touched(facts, chosen, document_lost=document_lost)]
        with self._database.transaction() as connection:
            payloads = _payload_hashes(connection, needed)
        return Survey(
            tuple(path for path, sha256 in payloads.items() if lost(self._store, path, sha256)), document_lost
        )

    def rebuild(self, paths: Iterable[str]) -> None:
        """Writes the payloads again, from the copies that the database holds.

        Raises:
            Unavailable: S3 or the database does not answer.
        """
        for path in paths:
            with self._database.transaction() as connection:
                row = connection.execute("SELECT body, sha256 FROM outbox WHERE path = %s", (path,)).fetchone()
            if row is not None and (body := genuine(row["body"], row["sha256"])) is not None:
                self._store.rewrite(path, body, MANIFEST)


def media_type(path: str) -> str:
    """What an object is, by its key."""
    return {"pdf": DOCUMENT, "xml": E_INVOICE}.get(path.rpartition(".")[2], MANIFEST)


def stored_anew(connection: Connection, paths: Iterable[str]) -> None:
    """Records that the payloads' days in S3 count from now."""
    connection.execute("UPDATE outbox SET stored_anew_at = now() WHERE path = ANY(%s)", (list(paths),))


def _payload_hashes(connection: Connection, paths: list[str]) -> dict[str, str]:
    rows = connection.execute("SELECT path, sha256 FROM outbox WHERE path = ANY(%s)", (paths,)).fetchall()
    return {row["path"]: row["sha256"] for row in rows}


def _document_hashes(connection: Connection, order_id: UUID) -> dict[str, str]:
    rows = connection.execute(
        """
        SELECT f.path, f.sha256 FROM invoice v CROSS JOIN LATERAL (VALUES
            (v.document_path, v.document_sha256), (v.e_invoice_path, v.e_invoice_sha256)
        ) AS f (path, sha256)
        WHERE v.order_id = %s AND f.path IS NOT NULL
        """,
        (order_id,),
    ).fetchall()
    return {row["path"]: row["sha256"] for row in rows}
