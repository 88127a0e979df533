"""Canaries: secrets that a test has planted, looked for wherever they may not be and in every form they could have.

What is found is told by its place alone, so that a failing test does not put the secret into one more log.
"""

import base64
import json
import urllib.parse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import boto3
import psycopg
from psycopg import sql


class Canaries:
    """Some secrets, each at least eight characters long: a shorter one would be found by chance."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._forms = {form for secret in secrets for form in forms(secret)}
        assert self._forms, "nothing to look for"
        assert min(map(len, self._forms)) >= 8, "too short to be looked for"

    def named(self, data: bytes | str) -> bool:
        """Whether one of them is in the data."""
        found = data.encode(errors="surrogateescape") if isinstance(data, str) else data
        return any(form in found for form in self._forms)

    def in_database(self, connection: psycopg.Connection[Any]) -> list[str]:
        """Columns of any type, in any table, with one of them; the connection's role has to see every row."""
        columns = connection.execute(
            """
            SELECT table_schema, table_name, column_name FROM information_schema.columns
            JOIN information_schema.tables USING (table_schema, table_name)
            WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type <> 'VIEW'
            """
        ).fetchall()
        return [
            f"{table}.{column}"
            for schema, table, column in columns
            if self._in_column(connection, schema, table, column)
        ]

    def _in_column(self, connection: psycopg.Connection[Any], schema: str, table: str, column: str) -> bool:
        # As text, bytea is in hexadecimal digits, which are one of the forms.
        query = sql.SQL("SELECT {}::text FROM {}").format(sql.Identifier(column), sql.Identifier(schema, table))
        return any(self.named(value) for (value,) in connection.execute(query) if value is not None)

    def in_bucket(self, bucket: str, region: str) -> list[str]:
        """Objects of S3, in any version, with one of them in the key, the bytes or the metadata."""
        s3: Any = boto3.client("s3", region_name=region)
        pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
        versions = [entry for page in pages for entry in page.get("Versions", [])]
        return [entry["Key"] for entry in versions if self._in_object(s3, bucket, entry)]

    def _in_object(self, s3: Any, bucket: str, entry: dict[str, Any]) -> bool:
        found = s3.get_object(Bucket=bucket, Key=entry["Key"], VersionId=entry["VersionId"])
        return any(map(self.named, (entry["Key"], json.dumps(found["Metadata"]), found["Body"].read())))

    def in_queue(self, url: str, region: str) -> list[str]:
        """Messages that wait in a queue of SQS with one of them; they are visible again afterwards."""
        sqs: Any = boto3.client("sqs", region_name=region)
        seen: dict[str, str] = {}
        while found := sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=30, MessageAttributeNames=["All"]
        ).get("Messages"):
            seen |= {message["ReceiptHandle"]: json.dumps(message, default=str) for message in found}
        for handle in seen:
            sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
        return [f"a message of {url.rpartition('/')[2]}" for text in seen.values() if self.named(text)]

    def in_files(self, folder: Path) -> list[str]:
        """Files below the folder with one of them."""
        return [str(path.relative_to(folder)) for path in _files(folder) if self.named(path.read_bytes())]


def forms(secret: str) -> set[bytes]:
    """The secret as it is, in JSON, in JSON in JSON, in a URL, in hexadecimal digits, and in base64 at any place."""
    clear = secret.encode()
    quoted = {_quoted(secret, ascii_only) for ascii_only in (True, False)}
    quoted |= {_quoted(text, ascii_only) for text in quoted for ascii_only in (True, False)}
    shifted = {_in_base64(clear, before) for before in range(3)}
    return {
        clear,
        *(text.encode() for text in quoted),
        urllib.parse.quote(secret, safe="").encode(),
        clear.hex().encode(),
        clear.hex().upper().encode(),
        *shifted,
        *(form.translate(bytes.maketrans(b"+/", b"-_")) for form in shifted),
    }


def _quoted(text: str, ascii_only: bool) -> str:
    return json.dumps(text, ensure_ascii=ascii_only)[1:-1]


def _in_base64(clear: bytes, before: int) -> bytes:
    """The characters of base64 that depend on nothing but these bytes, if so many others stand before them."""
    encoded = base64.b64encode(b"\0" * before + clear)
    return encoded[-(-before * 8 // 6) : (before + len(clear)) * 8 // 6]


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
