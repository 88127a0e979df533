"""How much waits in the region's queues."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

BRIEF = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 1})


@dataclass(frozen=True)
class Depth:
    """Messages of one queue; None where the emulator did not answer."""

    queue: str
    waiting: int | None
    in_flight: int | None
    dead: int | None


def depths(endpoint: str, exports: Mapping[str, Any]) -> list[Depth]:
    """The depth of each queue that the stack exports."""
    session = boto3.Session("local", "local", region_name=exports["awsRegion"])
    client = session.client("sqs", endpoint_url=endpoint, config=BRIEF)
    return [
        Depth(name, *_count(client, url), _count(client, exports["deadLetterQueueUrls"][name])[0])
        for name, url in exports.get("queueUrls", {}).items()
    ]


def _count(client: "SQSClient", url: str) -> tuple[int | None, int | None]:
    try:
        found = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    except (BotoCoreError, ClientError):
        return None, None
    return int(found["ApproximateNumberOfMessages"]), int(found["ApproximateNumberOfMessagesNotVisible"])
