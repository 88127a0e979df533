"""The dead-letter queues as operators reach them: how deep, what is in them, and taking messages out.

Only what no service of ours would ever send again, such as an event of SES, is put back on its queue from here.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from services.common.errors import NotFound, Unavailable
from services.common.pipeline.payloads import AWS_CONFIG
from services.orchestrator.held import Held, Letter

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

BATCH = 10
MAX_DELAY_SECONDS = 900
"""SQS delays no message for longer."""
HOLD_SECONDS = 60
"""How long a message that is being redriven is nobody else's: longer than a request may take."""
EMPTY_RECEIVES = 3
"""A standard queue may answer nothing although it holds messages."""

_DEPTHS: Sequence["QueueAttributeNameType"] = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")

_log = logging.getLogger(__name__)


class DeadLetters:
    """The dead-letter queues by the registered names of the queues that they belong to.

    `sources` are the URLs of those queues to which messages may be put back.
    """

    def __init__(self, urls: Mapping[str, str], sources: Mapping[str, str], region: str) -> None:
        self._urls = urls
        self._sources = sources
        self._sqs: SQSClient = boto3.client("sqs", region_name=region, config=AWS_CONFIG)

    @property
    def names(self) -> tuple[str, ...]:
        """Every queue that has one."""
        return tuple(self._urls)

    def takes_back(self, queue: str) -> bool:
        """Whether messages of its dead-letter queue are put back on the queue as they are."""
        return queue in self._sources

    def depth(self, queue: str) -> int:
        """About how many messages wait, those in an operator's hands included.

        Raises:
            Unavailable: SQS does not answer.
        """
        with _answering():
            answer = self._sqs.get_queue_attributes(QueueUrl=self._url(queue), AttributeNames=_DEPTHS)
        return sum(int(answer["Attributes"][name]) for name in _DEPTHS)

    def take(self, queue: str, limit: int, *, hold_seconds: int = HOLD_SECONDS) -> list[Letter]:
        """At most `limit` different messages, hidden from others for `hold_seconds`.

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

    @contextmanager
    def held(self, queue: str, limit: int) -> Iterator[Held]:
        """At most `limit` messages in hand; at the end the finished ones are deleted and the others, unless they are to
        be hidden, are there again.

        Raises:
            NotFound: there is no such queue.
            Unavailable: SQS does not answer.
        """
        hand = Held(self.take(queue, limit))
        try:
            yield hand
        finally:
            for letter in hand.letters:
                if letter.id in hand.done:
                    self._delete(queue, letter)
                elif not hand.hidden:
                    self._release(queue, letter)

    def put_back(self, queue: str, letter: Letter, delay_seconds: float) -> None:
        """Sends the message to its queue again, as it is; it stays on the dead-letter queue until it is deleted.

        Raises:
            Unavailable: SQS does not answer.
        """
        with _answering():
            self._sqs.send_message(
                QueueUrl=self._sources[queue],
                MessageBody=letter.body,
                DelaySeconds=min(MAX_DELAY_SECONDS, int(delay_seconds)),
            )

    def _delete(self, queue: str, letter: Letter) -> None:
        """Takes the message off for good; one that stays is redriven again, and the inbox makes that a no-op."""
        try:
            self._sqs.delete_message(QueueUrl=self._url(queue), ReceiptHandle=letter.receipt)
        except (ClientError, BotoCoreError):
            _log.warning("a redriven message stays on the dead-letter queue", extra={"queue": queue})

    def _release(self, queue: str, letter: Letter) -> None:
        """Leaves the message where it is, for others to see at once, or at the latest when its hold ends."""
        try:
            self._sqs.change_message_visibility(
                QueueUrl=self._url(queue), ReceiptHandle=letter.receipt, VisibilityTimeout=0
            )
        except (ClientError, BotoCoreError):
            _log.warning("a message of the dead-letter queue stays hidden for a while", extra={"queue": queue})

    def _receive(self, queue: str, count: int, hold_seconds: int) -> list[Letter]:
        with _answering():
            answer = self._sqs.receive_message(
                QueueUrl=self._url(queue),
                MaxNumberOfMessages=count,
                VisibilityTimeout=hold_seconds,
                WaitTimeSeconds=0,
                MessageSystemAttributeNames=["SentTimestamp"],
            )
        return [Letter.of(raw) for raw in answer.get("Messages", [])]

    def _url(self, queue: str) -> str:
        try:
            return self._urls[queue]
        except KeyError:
            raise NotFound(f"there is no queue '{queue}'; the queues are {', '.join(self._urls)}") from None


@contextmanager
def _answering() -> Iterator[None]:
    """What is asked of SQS inside.

    Raises:
        Unavailable: SQS does not answer.
    """
    try:
        yield
    except (ClientError, BotoCoreError) as fault:
        raise Unavailable("the queue does not answer") from fault
