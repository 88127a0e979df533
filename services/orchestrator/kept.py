"""One object of S3 as operators handle it: read, and written again so that the bucket counts its days from now."""

import re
from dataclasses import dataclass
from uuid import UUID

from services.common.database import Connection, Database
from services.common.errors import NotFound, NotPossible
from services.common.pipeline.outbox import genuine
from services.common.pipeline.payloads import PayloadLost, PayloadStore
from services.orchestrator import objects

RENDER_AGAIN = "restart the stage 'document' to have it rendered again, byte for byte"

_KEY = re.compile(
    r"[0-9a-f-]{36}/(?P<order>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})/[0-9a-z/-]{1,200}\.(json|pdf|xml)"
)


@dataclass(frozen=True)
class Kept:
    """A payload or rendered file as the database knows it; `body` is the database's copy, which only payloads have."""

    path: str
    order_id: UUID
    sha256: str
    body: str | None


@dataclass(frozen=True)
class Outlook:
    """What an extension comes to (`extend`, `rebuild` or `refused`), and why."""

    effect: str
    why: str


class KeptObjects:
    """The bucket's objects by their paths, beside what the database knows of them."""

    def __init__(self, database: Database, store: PayloadStore) -> None:
        self._database = database
        self._store = store

    def find(self, path: str) -> Kept:
        """What is known of the path.

        Raises:
            NotFound: it is no payload or PDF of ours.
        """
        key = _KEY.fullmatch(path)
        if key is None:
            raise NotFound("there is no payload with this path")
        with self._database.transaction() as connection:
            row = connection.execute(
                """
                SELECT path, order_id, sha256, body FROM outbox WHERE path = %(path)s
                UNION ALL
                SELECT document_path, order_id, document_sha256, NULL FROM invoice
                WHERE order_id = %(order)s AND document_path = %(path)s
                UNION ALL
                SELECT e_invoice_path, order_id, e_invoice_sha256, NULL FROM invoice
                WHERE order_id = %(order)s AND e_invoice_path = %(path)s
                """,
                {"path": path, "order": UUID(key["order"])},
            ).fetchone()
        if row is None:
            raise NotFound("there is no payload with this path")
        return Kept(row["path"], row["order_id"], row["sha256"], row["body"])

    def outlook(self, kept: Kept) -> Outlook:
        """What an extension comes to."""
        try:
            self._store.get(kept.path, kept.sha256)
        except PayloadLost as loss:
            if kept.body is None or genuine(kept.body, kept.sha256) is None:
                return Outlook("refused", f"{loss}; {_way_out(kept)}")
            return Outlook("rebuild", f"{loss}; it is written again from the database")
        return Outlook("extend", "it is written again as it is")

    def read(self, kept: Kept) -> bytes:
        """The object's bytes: from the database's copy, or from S3 where there is none.

        Raises:
            NotPossible: neither has the bytes that were written.
            Unavailable: S3 does not answer.
        """
        body = genuine(kept.body, kept.sha256) if kept.body is not None else None
        if body is not None:
            return body
        try:
            return self._store.get(kept.path, kept.sha256)
        except PayloadLost as loss:
            raise NotPossible(f"{loss}; {_way_out(kept)}") from None

    def renew(self, kept: Kept) -> None:
        """Writes the object again.

        Raises:
            NotPossible: nobody has the bytes that were written.
            Unavailable: S3 does not answer.
        """
        self._store.rewrite(kept.path, self.read(kept), objects.media_type(kept.path))


def renewed(connection: Connection, kept: Kept) -> None:
    """Records that the object's days count from now."""
    objects.stored_anew(connection, [kept.path])
    connection.execute(
        """
        UPDATE invoice SET
            document_stored_anew_at = CASE document_path WHEN %(path)s THEN now() ELSE document_stored_anew_at END,
            e_invoice_stored_anew_at = CASE e_invoice_path WHEN %(path)s THEN now() ELSE e_invoice_stored_anew_at END
        WHERE order_id = %(order)s AND %(path)s IN (document_path, e_invoice_path)
        """,
        {"order": kept.order_id, "path": kept.path},
    )


def _way_out(kept: Kept) -> str:
    return RENDER_AGAIN if kept.body is None else "nor is the database's copy"
