"""The program between a real SDK and the real emulator: killed, restarted and cut off from the emulator."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import urllib3
from botocore.config import Config
from botocore.exceptions import ClientError

from local.mail.store import MailStore
from tests.unit.mail.conftest import invoice, mail

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sqs import SQSClient

SENDER = "invoices@eu.cloud-sales.example"
CONFIGURATION_SET = "cloud-sales-eu"
START_SECONDS = 30
ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Place:
    """Ports and directories of one test."""

    emulator_port: int
    api_port: int
    page_port: int
    directory: Path

    @property
    def emulator(self) -> str:
        return f"http://127.0.0.1:{self.emulator_port}"

    @property
    def page(self) -> str:
        return f"http://127.0.0.1:{self.page_port}"

    def client(self, service: str, port: int) -> Any:
        return boto3.client(
            service,  # type: ignore[call-overload]
            region_name="eu-west-1",
            endpoint_url=f"http://127.0.0.1:{port}",
            aws_access_key_id="local",
            aws_secret_access_key="local",
            config=Config(retries={"total_max_attempts": 1}),
        )


@pytest.fixture
def place(tmp_path: Path) -> Place:
    with socket.socket() as first, socket.socket() as second, socket.socket() as third:
        for probe in (first, second, third):
            probe.bind(("127.0.0.1", 0))
        return Place(first.getsockname()[1], second.getsockname()[1], third.getsockname()[1], tmp_path)


@contextmanager
def running(command: list[str], environment: dict[str, str], ready: str) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
    try:
        wait_for(partial(answers, ready), START_SECONDS)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)


def emulator(place: Place) -> Any:
    environment = {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(place.emulator_port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "ERROR",
        "TMPDIR": str(place.directory),
        "PERSIST_STATE": "1",
        "STATE_DIR": str(place.directory / "state"),
    }
    return running([sys.executable, "-m", "ministack"], environment, f"{place.emulator}/_ministack/health")


def front(place: Place) -> Any:
    command = [sys.executable, "-m", "local.mail", "--api-host", "127.0.0.1", "--api-port", str(place.api_port)]
    command += ["--page-port", str(place.page_port), "--emulator", place.emulator]
    return running([*command, "--store", str(place.directory / "mail")], {}, f"{place.page}/healthz")


def answers(url: str) -> bool:
    try:
        return urllib3.request("GET", url, retries=False, timeout=2).status == 200
    except urllib3.exceptions.HTTPError:
        return False


def wait_for(condition: Callable[[], object], seconds: float = 15) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"{condition} did not come true in {seconds} s"
        time.sleep(0.05)


def provision(place: Place, ses_port: int) -> str:
    """Makes the sender, the configuration set, the topic and the queue, and returns the queue's URL."""
    ses, sns = place.client("sesv2", ses_port), place.client("sns", place.emulator_port)
    sqs: SQSClient = place.client("sqs", place.emulator_port)
    ses.create_email_identity(EmailIdentity="eu.cloud-sales.example")
    ses.create_configuration_set(ConfigurationSetName=CONFIGURATION_SET)
    topic = sns.create_topic(Name="mail-events")["TopicArn"]
    ses.create_configuration_set_event_destination(
        ConfigurationSetName=CONFIGURATION_SET,
        EventDestinationName="events",
        EventDestination={
            "Enabled": True,
            "MatchingEventTypes": ["SEND", "DELIVERY", "BOUNCE", "COMPLAINT", "REJECT"],
            "SnsDestination": {"TopicArn": topic},
        },
    )
    queue = sqs.create_queue(QueueName="mail-events")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    return queue


def send(place: Place, attempt: str, *, sender: str = SENDER) -> str:
    client: SESV2Client = place.client("sesv2", place.api_port)
    return client.send_email(
        FromEmailAddress=sender,
        Destination={"ToAddresses": ["anna@customer.example"]},
        Content={"Raw": {"Data": invoice()}},
        EmailTags=[{"Name": "attempt", "Value": attempt}],
        ConfigurationSetName=CONFIGURATION_SET,
    )["MessageId"]


def events(place: Place, queue: str) -> dict[str, set[str]]:
    """All events so far: for each attempt, the types of its events."""
    client: SQSClient = place.client("sqs", place.emulator_port)
    found: dict[str, set[str]] = {}
    received = client.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=0)
    for message in received.get("Messages", []):
        event = json.loads(message["Body"])
        found.setdefault(event["mail"]["tags"]["attempt"][0], set()).add(event["eventType"])
    return found


def listed(place: Place) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = urllib3.request("GET", f"{place.page}/messages.json").json()
    return entries


def test_mails_and_events_survive_a_kill(place: Place) -> None:
    with emulator(place), front(place) as process:
        queue = provision(place, place.api_port)
        first = send(place, "a-1")
        wait_for(lambda: events(place, queue) == {"a-1": {"Send", "Delivery"}})

        with pytest.raises(ClientError) as refused:
            send(place, "a-2", sender="someone@unverified.example")
        assert refused.value.response["Error"]["Code"] == "MessageRejected"
        assert [entry["id"] for entry in listed(place)] == [first]
        each_address_serves_its_own(place)

        second = send(place, "a-3")
        process.kill()
        process.wait()
        with front(place):
            assert [entry["id"] for entry in listed(place)] == [second, first]
            assert listed(place)[0]["attachments"][0]["filename"] == "invoice-EU-1.pdf"
            assert urllib3.request("GET", f"{place.page}/messages/{second}").data == invoice()
            wait_for(lambda: events(place, queue).get("a-3") == {"Send", "Delivery"})


def each_address_serves_its_own(place: Place) -> None:
    page = urllib3.request("GET", f"{place.page}/", headers={"Host": f"127.0.0.1:{place.api_port}"})
    assert page.headers["Content-Type"].startswith("text/html")
    api = urllib3.request("GET", f"http://127.0.0.1:{place.api_port}/v2/email/account")
    assert api.json()["SendingEnabled"] is True
    assert urllib3.request("GET", f"{place.page}/v2/email/account").status == 404


def test_events_wait_for_an_emulator_that_is_away(place: Place) -> None:
    with emulator(place):
        queue = provision(place, place.emulator_port)
    left = mail()
    MailStore(place.directory / "mail").add(left.envelope, left.raw)
    with front(place):
        answer = urllib3.request("GET", f"http://127.0.0.1:{place.api_port}/v2/email/account", retries=False)
        assert (answer.status, answer.headers["x-amzn-errortype"]) == (503, "ServiceUnavailable")
        assert [entry["id"] for entry in listed(place)] == [left.envelope.message_id]
        with emulator(place):
            wait_for(lambda: events(place, queue) == {"a-1": {"Send", "Delivery"}}, 30)
