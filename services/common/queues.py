"""A queue as a worker sees it: receive, delete, release, and the loop around them.

A message is deleted only after its effect is committed. What cannot be understood stays on the queue until the redrive
policy moves it to the dead-letter queue.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from services.common.errors import LeaseLost, Poison, Retry, Unavailable
from services.common.payloads import AWS_CONFIG

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

WAIT_SECONDS = 2
"""One long poll. A stopping worker waits for it, because a message sent to a closed connection is away for a while."""
BATCH = 10
BACKOFF_SECONDS = (1, 2, 5, 15, 30)
"""How long a failed message stays invisible, by the number of times it was received."""
POISON_SECONDS = 1
"""Time does not heal a message that cannot be understood: it takes its tries quickly."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Message:
    """One delivery of a queue."""

    body: str
    receipt: str
    received: int


class Source:
    """A queue as a worker sees it."""

    def __init__(self, url: str, region: str) -> None:
        self._url = url
        self._sqs: SQSClient = boto3.client("sqs", region_name=region, config=AWS_CONFIG)

    def receive(self) -> list[Message]:
        """Up to ten messages, after at most `WAIT_SECONDS`; none while SQS does not answer."""
        try:
            answer = self._sqs.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=BATCH,
                WaitTimeSeconds=WAIT_SECONDS,
                MessageSystemAttributeNames=["ApproximateReceiveCount"],
            )
        except (ClientError, BotoCoreError) as fault:
            raise Unavailable("the queue does not answer") from fault
        return [self._message(raw) for raw in answer.get("Messages", [])]

    def delete(self, message: Message) -> None:
        """Takes the message off the queue for good."""
        self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message.receipt)

    def release(self, message: Message, seconds: int) -> None:
        """Lets the message come back after `seconds`."""
        self._sqs.change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=message.receipt, VisibilityTimeout=seconds
        )

    @staticmethod
    def _message(raw: "MessageTypeDef") -> Message:
        received = int(raw.get("Attributes", {}).get("ApproximateReceiveCount", "1"))
        return Message(raw["Body"], raw["ReceiptHandle"], received)


def poll(source: Source, take: Callable[[Message], None], stop: threading.Event, beat: Callable[[], None]) -> None:
    """Receives until `stop` is set. `take` returns to have the message deleted, or raises to have it come back."""
    while not stop.is_set():
        beat()
        try:
            messages = source.receive()
        except Unavailable as fault:
            _log.warning("%s", fault.detail)
            stop.wait(1)
            continue
        for message in messages:
            beat()
            _settle(source, message, take, stop)


def _settle(source: Source, message: Message, take: Callable[[Message], None], stop: threading.Event) -> None:
    try:
        if stop.is_set():
            source.release(message, 0)
            return
        try:
            take(message)
        except Retry as wish:
            source.release(message, wish.seconds)
        except Poison as fault:
            _log.warning("poison", extra={"reason": fault, "attempt": message.received})
            source.release(message, POISON_SECONDS)
        except (LeaseLost, Unavailable) as fault:
            _log.warning("message not taken", extra={"reason": fault, "attempt": message.received})
            source.release(message, backoff(message.received))
        except Exception:  # noqa: BLE001 - logged whole; one bad message must not stop the loop
            _log.exception("message failed", extra={"attempt": message.received})
            source.release(message, backoff(message.received))
        else:
            source.delete(message)
    except (ClientError, BotoCoreError):
        # The message comes back by itself, and the inbox makes the second delivery harmless.
        _log.warning("the queue did not take the outcome of a message")


def backoff(received: int) -> int:
    """Seconds until a failed message is tried again, for the count of times it was received."""
    return BACKOFF_SECONDS[min(received, len(BACKOFF_SECONDS)) - 1]
