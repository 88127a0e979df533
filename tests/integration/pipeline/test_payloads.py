"""A payload in S3 is what the database says, or it is written anew from there, or its order waits for a person."""

import logging
from collections.abc import Callable

import boto3
import pytest

from services.common.pipeline.payloads import MAX_PAYLOAD_BYTES, PayloadLost
from tests.integration.conftest import BUCKET, REGION, Aws
from tests.support.pipeline import Pipeline, email_stage, s3_key

Harm = Callable[[str], None]


def stored(key: str) -> bytes:
    return boto3.client("s3", region_name=REGION).get_object(Bucket=BUCKET, Key=key)["Body"].read()


def put(key: str, body: bytes) -> None:
    boto3.client("s3", region_name=REGION).put_object(Bucket=BUCKET, Key=key, Body=body)


def lose(key: str) -> None:
    boto3.client("s3", region_name=REGION).delete_object(Bucket=BUCKET, Key=key)


def alter(key: str) -> None:
    """Another amount, the same length."""
    body = stored(key)
    put(key, body.replace(b"2", b"3"))
    assert stored(key) != body


def truncate(key: str) -> None:
    put(key, stored(key)[:-1])


def bloat(key: str) -> None:
    put(key, stored(key) + b" " * MAX_PAYLOAD_BYTES)


HARM = pytest.mark.parametrize("harm", [lose, alter, truncate, bloat], ids=lambda harm: harm.__name__)


@HARM
def test_a_payload_that_s3_has_not_as_it_was_written_is_written_anew(pipeline: Pipeline, harm: Harm) -> None:
    pipeline.shop.order()
    pipeline.relay()
    key = s3_key(pipeline)
    before = stored(key)
    harm(key)
    pipeline.take("invoice")
    assert pipeline.state() == "CONFIRMED"
    assert pipeline.world.value("SELECT count(*) FROM invoice") == 0
    assert pipeline.relay() == 1
    assert stored(key) == before
    pipeline.take("invoice")
    assert pipeline.state() == "INVOICED"
    assert pipeline.world.value("SELECT stored_anew_at IS NOT NULL FROM outbox WHERE path = %s", key)


@HARM
def test_without_a_genuine_copy_the_order_is_parked_with_the_reason(pipeline: Pipeline, harm: Harm) -> None:
    address = pipeline.shop.order().headers["Location"]
    pipeline.relay()
    key = s3_key(pipeline)
    harm(key)
    pipeline.world.admin.execute("UPDATE outbox SET body = body || ' '")
    pipeline.take("invoice")
    shown = pipeline.shop.get(address).json
    assert shown is not None
    assert shown["state"] == "PARKED"
    assert key in shown["reason"]
    assert "the database's copy is not genuine either" in shown["reason"]
    assert shown["stages"][-1]["detail"] == shown["reason"]
    assert pipeline.world.value("SELECT count(*) FROM invoice") == 0


def test_a_payload_that_is_lost_time_after_time_is_given_up(pipeline: Pipeline) -> None:
    pipeline.shop.order()
    waits = []
    for _ in range(8):
        assert pipeline.relay() == 1
        lose(s3_key(pipeline))
        pipeline.take("invoice")
        waits.append(pipeline.world.value("SELECT round(extract(epoch FROM due_at - stored_anew_at))::int FROM outbox"))
        pipeline.world.admin.execute("UPDATE outbox SET due_at = now()")
    pipeline.relay()
    assert waits == [0, 1, 2, 3, 4, 5, 6, 7]
    assert pipeline.state() == "PARKED"
    assert "is missing in S3" in str(pipeline.world.value("SELECT last_error FROM inbox"))


def test_a_lost_document_parks_the_order_for_a_person(pipeline: Pipeline) -> None:
    email_stage(pipeline)
    lose(str(pipeline.world.value("SELECT document_path FROM invoice")))
    pipeline.take("email")
    assert pipeline.state() == "PARKED"
    assert ".pdf is missing in S3" in pipeline.reason()


def test_the_same_bytes_twice_are_one_object_and_no_alarm(aws: Aws, caplog: pytest.LogCaptureFixture) -> None:
    """S3's answer to the first put was lost; the second one gets 412."""
    s3 = boto3.client("s3", region_name=REGION)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    for _ in range(2):
        aws.payloads.put_once("key", b"written", "application/json")
    assert len(s3.list_object_versions(Bucket=BUCKET, Prefix="key")["Versions"]) == 1
    assert caplog.records == []


def test_other_bytes_under_the_key_raise_an_alarm_and_are_replaced(aws: Aws, caplog: pytest.LogCaptureFixture) -> None:
    put("key", b"spoilt!")
    aws.payloads.put_once("key", b"written", "application/json")
    assert stored("key") == b"written"
    [alarm] = caplog.records
    assert (alarm.levelno, alarm.message) == (logging.ERROR, "payload written again")


def test_a_length_is_compared_before_anything_is_read(aws: Aws) -> None:
    put("key", b"written")
    with pytest.raises(PayloadLost, match="has 7 bytes instead of 8"):
        aws.payloads.get("key", "0" * 64, 8)
