"""The dead-letter queues as operators reach them: how deep, what is in them, and taking messages out."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from services.common.errors import NotFound, Unavailable
from services.common.payloads import AWS_CONFIG

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

BATCH = 10
HOLD_SECONDS = 60
"""How long a message that is being redriven is nobody else's: longer than a request may take."""
EMPTY_RECEIVES = 3
"""A standard queue may answer nothing although it holds messages."""

_DEPTHS: Sequence["QueueAttributeNameType"] = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Letter:
    """One delivery of a dead-letter queue."""

    id: str
    body: str
    receipt: str


class DeadLetters:
    """The dead-letter queues by the registered names of the queues that they belong to."""

    def __init__(self, urls: Mapping[str, str], region: str) -> None:
        self._urls = urls
        self._sqs: SQSClient = boto3.client("sqs", region_name=region, config=AWS_CONFIG)

    @property
    def names(self) -> tuple[str, ...]:
        """Every queue that has one."""
        return tuple(self._urls)

    def depth(self, queue: str) -> int:
        """About how many messages wait, those in an operator's hands included.

        Raises:
            Unavailable: SQS does not answer.
        """
        try:
            answer = self._sqs.get_queue_attributes(QueueUrl=self._url(queue), AttributeNames=_DEPTHS)
        except (ClientError, BotoCoreError) as fault:
            raise Unavailable("the queue does not answer") from fault
        return sum(int(answer["Attributes"][name]) for name in _DEPTHS)

    def take(self, queue: str, limit: int, *, hold_seconds: int = HOLD_SECONDS) -> list[Letter]:
        """At most `limit` different messages, hidden from others for `hold_seconds`; 0 only looks at them.

        Raises:
            NotFound: there is no such queue.
            Unavailable: SQS does not answer.
        """
        taken: dict[str, Letter] = {}
        fruitless = 0
        while len(taken) < limit and fruitless < EMPTY_RECEIVES:
            fresh = {
                letter.id: letter
                for letter in self._receive(queue, min(BATCH, limit - len(taken)), hold_seconds)
                if letter.id not in taken
            }
            taken |= fresh
            fruitless = 0 if fresh else fruitless + 1
        return list(taken.values())

    def delete(self, queue: str, letter: Letter) -> None:
        """Takes the message off for good; one that stays is redriven again, and the inbox makes that a no-op."""
        try:
            self._sqs.delete_message(QueueUrl=self._url(queue), ReceiptHandle=letter.receipt)
        except (ClientError, BotoCoreError):
            _log.warning("a redriven message stays on the dead-letter queue", extra={"queue": queue})

    def release(self, queue: str, letter: Letter) -> None:
        """Leaves the message where it is, for others to see at once, or at the latest when its hold ends."""
        try:
            self._sqs.change_message_visibility(
                QueueUrl=self._url(queue), ReceiptHandle=letter.receipt, VisibilityTimeout=0
            )
        except (ClientError, BotoCoreError):
            _log.warning("a message of the dead-letter queue stays hidden for a while", extra={"queue": queue})

    def _receive(self, queue: str, count: int, hold_seconds: int) -> list[Letter]:
        try:
            answer = self._sqs.receive_message(
                QueueUrl=self._url(queue),
                MaxNumberOfMessages=count,
                VisibilityTimeout=hold_seconds,
                WaitTimeSeconds=0,
            )
        except (ClientError, BotoCoreError) as fault:
            raise Unavailable("the queue does not answer") from fault
        return [Letter(raw["MessageId"], raw["Body"], raw["ReceiptHandle"]) for raw in answer.get("Messages", [])]

    def _url(self, queue: str) -> str:
        try:
            return self._urls[queue]
        except KeyError:
            raise NotFound(f"there is no queue '{queue}'; the queues are {', '.join(self._urls)}") from None
