"""The scan for secrets finds what is planted, wherever and in whatever form: else its silence would prove nothing."""

import base64
import json
from pathlib import Path
from urllib.parse import quote

import boto3
import pytest

from tests.integration.conftest import BUCKET, REGION, Aws, World
from tests.support.canaries import Canaries

SECRET = '7QWRX-M2K9P/TTB4C+"é'
CANARIES = Canaries([SECRET, "another secret"])

PLANTED = {
    "one": "'x' || %(secret)s || 'y'",
    "two": "convert_to('x' || %(secret)s, 'UTF8')",
    "three": "jsonb_build_object('deep', jsonb_build_array(%(secret)s::text))",
    "four": "ARRAY['a', %(secret)s]",
}


@pytest.mark.parametrize("column", PLANTED)
def test_in_a_column_of_any_type(world: World, column: str) -> None:
    world.admin.execute("CREATE TEMP TABLE trap (one text, two bytea, three jsonb, four text[])")
    assert CANARIES.in_database(world.admin) == []
    world.admin.execute(f"INSERT INTO trap ({column}) SELECT {PLANTED[column]}".encode(), {"secret": SECRET})
    assert CANARIES.in_database(world.admin) == [f"trap.{column}"]
    world.admin.execute("DROP TABLE trap")


def test_in_the_schema_s_own_tables(world: World) -> None:
    world.admin.execute("UPDATE customer SET note = %s", (SECRET,))
    assert CANARIES.in_database(world.admin) == ["customer.note"]


FORMS = {
    "as it is": SECRET,
    "in JSON": json.dumps({"key": SECRET}),
    "in JSON in JSON": json.dumps({"body": json.dumps({"key": SECRET}, ensure_ascii=False)}),
    "in hexadecimal digits": SECRET.encode().hex(),
    "in a URL": quote(SECRET, safe=""),
    **{f"in base64 after {n} bytes": base64.b64encode(b"?" * n + SECRET.encode() + b"!").decode() for n in range(4)},
    "in base64 for a URL": base64.urlsafe_b64encode(b"?" + SECRET.encode()).decode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_in_any_form(form: str) -> None:
    assert CANARIES.named(f"before {FORMS[form]} after")


def test_what_is_no_secret_is_none() -> None:
    assert not CANARIES.named(SECRET[1:])
    assert not CANARIES.named(b"another kind of secret")


def test_in_an_object_even_one_that_was_overwritten(aws: Aws) -> None:
    s3 = boto3.client("s3", region_name=REGION)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=BUCKET, Key="innocent", Body=SECRET.encode())
    s3.put_object(Bucket=BUCKET, Key="innocent", Body=b"nothing")
    assert CANARIES.in_bucket(BUCKET, REGION) == ["innocent"]


def test_in_a_message_that_goes_on_waiting(aws: Aws) -> None:
    url = aws.urls["email"]
    boto3.client("sqs", region_name=REGION).send_message(QueueUrl=url, MessageBody=json.dumps({"key": SECRET}))
    assert CANARIES.in_queue(url, REGION) == CANARIES.in_queue(url, REGION) == ["a message of email"]


def test_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_text(f"before {SECRET} after")
    (tmp_path / "innocent").write_text("nothing")
    assert CANARIES.in_files(tmp_path) == ["deep/file"]
