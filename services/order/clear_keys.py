"""Seals the licence keys, and the answers that show them, which an earlier release has left in clear.

It goes on for as long as a release that writes them could still run: a look that finds nothing costs two looks into
empty indexes. The clear text is gone from the tables at once, from their files with the next vacuum, and from backups
when those end.
"""

import logging
from collections.abc import Callable
from typing import Any

import psycopg

from services.common.database import Connection, Database
from services.common.sealing import license_keys
from services.common.sealing.vault import Sealer, Vault
from services.order import kept
from services.order.answers import Answer

BATCH = 50
"""Rows that are locked, and in memory, at a time; the longest answer has half a megabyte."""
BATCHES = 100
"""In one turn, so that millions of rows do not keep the same thread from the orders."""

_log = logging.getLogger(__name__)


def seal_left_over(database: Database, vault: Vault) -> int:
    """Seals what lies in clear and what no other process is sealing just now; how many rows.

    Raises:
        Unavailable: nothing can be sealed now.
    """
    return _turn(database, vault, _seal_keys) + _turn(database, vault, _seal_answers)


def _turn(database: Database, vault: Vault, seal_batch: Callable[[Connection, Sealer], int]) -> int:
    sealed = 0
    for _ in range(BATCHES):
        sealer = vault.sealer()
        with database.transaction() as connection:
            done = seal_batch(connection, sealer)
        sealed += done
        if done < BATCH:
            break
    return sealed


def _seal_keys(connection: Connection, sealer: Sealer) -> int:
    rows = connection.execute(
        "SELECT id, customer_id, key FROM license WHERE key IS NOT NULL LIMIT %s FOR UPDATE SKIP LOCKED", (BATCH,)
    ).fetchall()
    for row in rows:
        _seal_key(connection, sealer, row)
    return len(rows)


def _seal_key(connection: Connection, sealer: Sealer, row: dict[str, Any]) -> None:
    key = license_keys.seal(sealer, row["id"], row["customer_id"], row["key"])
    fingerprint: bytes | None = key.fingerprint
    try:
        with connection.transaction():
            _store(connection, key, fingerprint)
    except psycopg.errors.UniqueViolation:
        # Both were sold and invoiced: that is for a person, and no reason to leave the key in clear.
        _log.error("license-key-issued-twice", extra={"reason": f"the key of licence {row['id']} is another one's too"})
        _store(connection, key, None)


def _store(connection: Connection, key: license_keys.SealedKey, fingerprint: bytes | None) -> None:
    connection.execute(
        "UPDATE license SET key = NULL, sealed_key = %s, data_key_id = %s, key_fingerprint = %s WHERE id = %s",
        (key.sealed.ciphertext, key.sealed.data_key_id, fingerprint, key.license_id),
    )


def _seal_answers(connection: Connection, sealer: Sealer) -> int:
    rows = connection.execute(
        """
        SELECT key, order_id, customer_id, status, body FROM idempotency_key
        WHERE route = 'POST /create-order' AND status = 201 AND body IS NOT NULL LIMIT %s FOR UPDATE SKIP LOCKED
        """,
        (BATCH,),
    ).fetchall()
    for row in rows:
        answer = kept.sealed(sealer, Answer(row["order_id"], row["status"], row["body"]), row["customer_id"])
        connection.execute(
            """
            UPDATE idempotency_key SET body = NULL, sealed_body = %s, data_key_id = %s, updated_at = now()
            WHERE scope = %s AND route = 'POST /create-order' AND key = %s
            """,
            (answer.body.ciphertext, answer.body.data_key_id, row["customer_id"], row["key"]),
        )
    return len(rows)
