"""The tables of the provider's ledger, in one SQLite file, and how files of earlier versions are brought up to date."""

import sqlite3

from local.ccp.pricing import TERM_DAYS

SCHEMA_VERSION = 3

_SALES = """
CREATE TABLE sale (
    sequence        INTEGER PRIMARY KEY AUTOINCREMENT,
    transaction_id  TEXT NOT NULL UNIQUE,
    idempotency_key TEXT,
    reference       TEXT,
    customer_id     TEXT NOT NULL,
    request         TEXT NOT NULL,
    answer          TEXT NOT NULL,
    cancelled_at    TEXT
) STRICT;
CREATE INDEX sale_idempotency_key ON sale (idempotency_key);
CREATE INDEX sale_reference ON sale (reference);
CREATE INDEX sale_customer_id ON sale (customer_id);
"""

_CHANGES = """
CREATE TABLE license (
    id              TEXT PRIMARY KEY,
    sale            TEXT NOT NULL REFERENCES sale (transaction_id),
    valid_to        TEXT NOT NULL,
    returned_at     TEXT
) STRICT;
CREATE TABLE change (
    sequence        INTEGER PRIMARY KEY AUTOINCREMENT,
    transaction_id  TEXT NOT NULL UNIQUE,
    kind            TEXT NOT NULL CHECK (kind IN ('RETURN', 'EXTENSION')),
    idempotency_key TEXT,
    reference       TEXT,
    customer_id     TEXT NOT NULL,
    request         TEXT NOT NULL,
    answer          TEXT NOT NULL
) STRICT;
CREATE INDEX change_idempotency_key ON change (idempotency_key);
CREATE INDEX change_reference ON change (reference);
CREATE INDEX change_customer_id ON change (customer_id);
"""

ISSUE = f"""
INSERT INTO license (id, sale, valid_to)
SELECT json_extract(key.value, '$.id'), transaction_id,
    date(json_extract(answer, '$.timestamp'), '+{TERM_DAYS} days')
FROM sale, json_each(answer, '$.licenseKeys') AS key
"""  # noqa: S608 - a constant
"""The licences of the sales that a condition, put behind this, chooses."""

_STEPS = {
    0: _SALES + _CHANGES,
    1: "ALTER TABLE sale ADD COLUMN cancelled_at TEXT;" + _CHANGES + ISSUE + ";",
    2: _CHANGES + ISSUE + ";",
}
"""From each version that there was, and from an empty file, to this one."""


class LedgerError(Exception):
    """The ledger's file cannot be used; the message says why and what to do."""


def prepare(connection: sqlite3.Connection) -> None:
    """Brings the file to this version.

    Raises:
        LedgerError: it is of a version that is not known.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == SCHEMA_VERSION:
        return
    if version not in _STEPS:
        raise LedgerError(f"it is of version {version}, not {SCHEMA_VERSION}: move it away")
    connection.executescript(f"BEGIN; {_STEPS[version]} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
