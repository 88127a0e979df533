import os
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import boto3
import psutil
import pytest
from botocore.config import Config

from local.machine.emulator import Emulator
from local.machine.layout import Layout
from local.machine.ports import listeners
from local.machine.supervisor import Supervisor
from local.machine.waiting import wait_until


@pytest.fixture
def emulator(layout: Layout, supervisor: Supervisor) -> Iterator[Emulator]:
    made = Emulator(layout)
    supervisor.start([made.program()])
    made.wait_ready()
    yield made
    supervisor.stop()


def client(emulator: Emulator, service: str) -> Any:
    session: Any = boto3.Session("local", "local", region_name="eu-west-1")
    return session.client(service, endpoint_url=emulator.endpoint)


def kill(emulator: Emulator, supervisor: Supervisor) -> None:
    (program,) = supervisor.status()
    assert program.pid is not None
    os.kill(program.pid, signal.SIGKILL)
    assert wait_until(lambda: supervisor.status()[0].pid not in {None, program.pid}, 10)
    emulator.wait_ready()


def keys(emulator: Emulator, pool: str) -> bytes:
    with urllib.request.urlopen(f"{emulator.endpoint}/{pool}/.well-known/jwks.json") as answer:
        content: bytes = answer.read()
        return content


def test_a_killed_emulator_comes_back_with_what_was_declared_and_accepted(
    emulator: Emulator, supervisor: Supervisor
) -> None:
    sqs, s3 = client(emulator, "sqs"), client(emulator, "s3")
    queue = sqs.create_queue(QueueName="orders", Attributes={"VisibilityTimeout": "77"})["QueueUrl"]
    assert queue.startswith(emulator.endpoint)
    pool = client(emulator, "cognito-idp").create_user_pool(PoolName="people")["UserPool"]["Id"]
    published = keys(emulator, pool)
    s3.create_bucket(Bucket="payloads", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    emulator.checkpoint(supervisor)
    s3.put_object(Bucket="payloads", Key="a/b.json", Body=b"{}", Metadata={"sha": "1"})
    for body in ("first", "second", "third"):
        sqs.send_message(QueueUrl=queue, MessageBody=body)
    done = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=1)["Messages"][0]
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=done["ReceiptHandle"])

    kill(emulator, supervisor)

    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert attributes["VisibilityTimeout"] == "77"
    assert keys(emulator, pool) == published
    stored = s3.get_object(Bucket="payloads", Key="a/b.json")
    assert (stored["Body"].read(), stored["Metadata"]) == (b"{}", {"sha": "1"})
    left = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    assert [message["Body"] for message in left] == ["second", "third"]


def test_a_killed_emulator_still_opens_the_data_keys_that_it_has_wrapped(
    emulator: Emulator, supervisor: Supervisor
) -> None:
    kms, context = client(emulator, "kms"), {"purpose": "license-keys"}
    key = kms.create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
    emulator.checkpoint(supervisor)
    made = kms.generate_data_key(KeyId=key, KeySpec="AES_256", EncryptionContext=context)

    kill(emulator, supervisor)

    opened = kms.decrypt(KeyId=key, CiphertextBlob=made["CiphertextBlob"], EncryptionContext=context)
    assert opened["Plaintext"] == made["Plaintext"]


def test_a_presigned_link_of_a_pod_opens_in_any_browser_until_it_ends(emulator: Emulator) -> None:
    session: Any = boto3.Session("local", "local", region_name="eu-west-1")
    s3 = session.client("s3", endpoint_url=emulator.endpoint, config=Config(signature_version="s3v4"))
    s3.create_bucket(Bucket="payloads", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket="payloads", Key="a/b.pdf", Body=b"%PDF")
    wanted = {"Bucket": "payloads", "Key": "a/b.pdf"}
    with urllib.request.urlopen(s3.generate_presigned_url("get_object", wanted, ExpiresIn=60)) as answer:
        assert answer.read() == b"%PDF"
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(s3.generate_presigned_url("get_object", wanted, ExpiresIn=-1))


def test_it_listens_on_nothing_but_its_own_loopback_address(emulator: Emulator, supervisor: Supervisor) -> None:
    members = {process.pid for process in supervisor.members()}

    assert {(found.address, found.port) for found in listeners() if found.pid in members} == {(emulator.host, 4566)}
    assert emulator.host.startswith("127.")


def test_it_inherits_no_environment(emulator: Emulator, supervisor: Supervisor) -> None:
    (program,) = supervisor.status()

    environment = psutil.Process(program.pid).environ()

    assert "PYTHONDONTWRITEBYTECODE" not in environment
    assert not [name for name in environment if name.startswith(("SUPERVISOR", "LEASH", "PYTEST"))]
