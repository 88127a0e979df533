"""A queue as a worker sees it: receive, delete, and hide for a while."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from services.common.errors import Unavailable
from services.common.pipeline.payloads import AWS_CONFIG

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import (
        BatchResultErrorEntryTypeDef,
        ChangeMessageVisibilityBatchRequestEntryTypeDef,
        DeleteMessageBatchRequestEntryTypeDef,
        MessageTypeDef,
    )

WAIT_SECONDS = 2
"""One long poll. A stopping worker waits for it, because a message sent to a closed connection is away for a while."""
BATCH = 10

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Message:
    """One delivery of a queue."""

    body: str
    receipt: str
    received: int


class Source:
    """A queue as a worker sees it.

    What SQS does not accept of an outcome is logged and no more: the message comes back by itself, and the inbox makes
    the second delivery harmless.

    Attributes:
        visibility_seconds: how long a message that was received stays hidden from others unless that is prolonged.
    """

    def __init__(self, url: str, region: str, visibility_seconds: int) -> None:
        self.visibility_seconds = visibility_seconds
        self._url = url
        self._sqs: SQSClient = boto3.client("sqs", region_name=region, config=AWS_CONFIG)

    def receive(self) -> list[Message]:
        """Up to ten messages, after at most `WAIT_SECONDS`.

        Raises:
            Unavailable: SQS does not answer.
        """
        try:
            answer = self._sqs.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=BATCH,
                WaitTimeSeconds=WAIT_SECONDS,
                VisibilityTimeout=self.visibility_seconds,
                MessageSystemAttributeNames=["ApproximateReceiveCount"],
            )
        except (ClientError, BotoCoreError) as fault:
            raise Unavailable("the queue does not answer") from fault
        return [self._message(raw) for raw in answer.get("Messages", [])]

    def delete(self, messages: Sequence[Message]) -> None:
        """Takes at most ten messages off the queue for good."""
        if not messages:
            return
        entries: list[DeleteMessageBatchRequestEntryTypeDef] = [
            {"Id": str(index), "ReceiptHandle": one.receipt} for index, one in enumerate(messages)
        ]
        try:
            answer = self._sqs.delete_message_batch(QueueUrl=self._url, Entries=entries)
        except (ClientError, BotoCoreError) as fault:
            _log.warning("messages were not deleted", extra={"reason": fault})
            return
        _tell("a message was not deleted", answer.get("Failed", []))

    def hide(self, messages: Sequence[Message], seconds: int) -> None:
        """Hides at most ten messages from everybody for so long from now on; 0 lets them be received at once."""
        if not messages:
            return
        entries: list[ChangeMessageVisibilityBatchRequestEntryTypeDef] = [
            {"Id": str(index), "ReceiptHandle": one.receipt, "VisibilityTimeout": seconds}
            for index, one in enumerate(messages)
        ]
        try:
            answer = self._sqs.change_message_visibility_batch(QueueUrl=self._url, Entries=entries)
        except (ClientError, BotoCoreError) as fault:
            _log.warning("messages were not hidden", extra={"reason": fault})
            return
        _tell("a message was not hidden", answer.get("Failed", []))

    @staticmethod
    def _message(raw: "MessageTypeDef") -> Message:
        received = int(raw.get("Attributes", {}).get("ApproximateReceiveCount", "1"))
        return Message(raw["Body"], raw["ReceiptHandle"], received)


def _tell(what: str, failed: Sequence["BatchResultErrorEntryTypeDef"]) -> None:
    for entry in failed:
        _log.warning(what, extra={"reason": f"{entry['Code']}: {entry.get('Message', '')}"})
