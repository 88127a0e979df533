"""Dead letters in an operator's hands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef


@dataclass(frozen=True)
class Letter:
    """One delivery of a dead-letter queue."""

    id: str
    body: str
    receipt: str
    sent_at: datetime | None = None
    """When it was sent to the queue that gave it up; 14 days later it is gone for good."""

    @classmethod
    def of(cls, raw: "MessageTypeDef") -> Self:
        """A message as SQS gives it."""
        milliseconds = raw.get("Attributes", {}).get("SentTimestamp")
        sent_at = datetime.fromtimestamp(int(milliseconds) / 1000, UTC) if milliseconds else None
        return cls(raw["MessageId"], raw["Body"], raw["ReceiptHandle"], sent_at)


class Held:
    """Messages that nobody else sees for a while."""

    def __init__(self, letters: Sequence[Letter]) -> None:
        self.letters = tuple(letters)
        self.done: set[str] = set()
        self.hidden = False

    def finish(self, letters: Iterable[Letter]) -> None:
        """These leave the dead-letter queue for good, at the end."""
        self.done.update(letter.id for letter in letters)

    def hide(self) -> None:
        """The others come back by themselves when their hold ends, so that the next request meets those behind them."""
        self.hidden = True
