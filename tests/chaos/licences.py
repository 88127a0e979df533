"""Licence keys in the books: opened where they are sealed, and looked for where they may not lie in clear.

Nothing of the services is used here: a key is opened as the format is written down in docs/decisions/0020.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg.rows import dict_row

SHAPE = "([A-HJ-NP-Z2-9]{5}-){4}[A-HJ-NP-Z2-9]{5}"
"""What every licence key of the CCP's simulator looks like, and nothing else of the product does."""
_KEY = re.compile(SHAPE.encode())
_ROWS = """
    SELECT l.id::text, l.customer_id::text, l.key, l.sealed_key, d.id::text AS data_key, d.wrapped, d.kms_key_id
    FROM license l LEFT JOIN data_key d ON d.id = l.data_key_id
"""


class Keys(Protocol):
    """Whoever has the keys that licence keys are sealed with."""

    @property
    def kms(self) -> Any:
        """As boto3's client."""


def opened(connection: psycopg.Connection[Any], clients: Keys) -> list[str]:
    """Every licence key that the database holds; in the place of one that cannot be opened stands why."""
    ciphers: dict[str, AESGCM] = {}
    with connection.cursor(row_factory=dict_row) as cursor:
        return [_opened(row, ciphers, clients) for row in cursor.execute(_ROWS)]


def _opened(row: Mapping[str, Any], ciphers: dict[str, AESGCM], clients: Keys) -> str:
    if row["sealed_key"] is None:
        return str(row["key"])
    if row["data_key"] not in ciphers:
        context = {"purpose": "license-keys", "kind": "SEAL", "dataKey": row["data_key"]}
        made = clients.kms.decrypt(KeyId=row["kms_key_id"], CiphertextBlob=row["wrapped"], EncryptionContext=context)
        ciphers[row["data_key"]] = AESGCM(made["Plaintext"])
    bound_to = f"license/{row['id']}/{row['customer_id']}".encode()
    try:
        secret = ciphers[row["data_key"]].decrypt(row["sealed_key"][:12], row["sealed_key"][12:], bound_to)
    except InvalidTag:
        return f"(that of {row['id']} does not open)"
    return secret.decode()


def in_clear(connection: psycopg.Connection[Any], logs: Path) -> Iterator[str]:
    """Tables and log files with something that looks like a licence key."""
    tables = connection.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'").fetchall()
    for (table,) in tables:
        found = connection.execute(f"SELECT count(*) FROM {table} t WHERE t::text ~ %s".encode(), (SHAPE,)).fetchone()
        if found is not None and found[0]:
            yield f"the table {table}, {found[0]} rows"
    for path in sorted(logs.glob("*.log")):
        if named(path.read_bytes()):
            yield f"the log {path.name}"


def named(data: bytes) -> Sequence[bytes]:
    """What looks like a licence key in the bytes."""
    return [found.group() for found in _KEY.finditer(data)]
