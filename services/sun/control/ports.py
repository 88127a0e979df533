"""What the controller needs of the world."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.sun.control.book import Book, Entry, Page
from services.sun.control.facts import Admits, Cluster, Unfinished, WriterState
from services.sun.schedule.regions import Health


class Overtaken(Exception):
    """Another controller acts by now, or a person has said that nothing may: what was to be written is not."""


class Refused(Exception):
    """What was asked for is not done, and nothing of it was begun."""


class Unavailable(Exception):
    """The server does not answer, or takes no writes: it is no writer, not yet or not any more."""


class Ledger(ABC):
    """The one place in which controllers agree."""

    @abstractmethod
    def acquire(self, now: datetime, until: datetime) -> int | None:
        """The right to act until then, as a token greater than all before; None while somebody else has it."""

    @abstractmethod
    def beat(self, now: datetime) -> None:
        """Leave a sign of life of this region's controller, whoever acts."""

    @abstractmethod
    def release(self, token: int) -> None:
        """Let the next tick of this region begin. The other regions' wait until this one is silent."""

    @abstractmethod
    def read(self) -> Book:
        """All that is remembered."""

    @abstractmethod
    def write(self, token: int, now: datetime, entry: Entry) -> None:
        """Write it down.

        Raises:
            Overtaken: the token is not the latest, or what the entry stands on is no longer so.
        """

    @abstractmethod
    def approving(self, source: str, target: str, epoch: int) -> str:
        """The command with which a person approves that the source is given up for the target."""


@dataclass(frozen=True)
class Record:
    """A region's weighted record."""

    weight: int
    health_check: str | None


class Traffic(ABC):
    """The weighted records of the name that all regions share."""

    @abstractmethod
    def read(self) -> Mapping[str, Record]:
        """The records, by region; a region without one is not built yet."""

    @abstractmethod
    def write(self, weights: Mapping[str, int]) -> None:
        """Give these weights to the records just read, and leave all else of them as it was."""


class Checks(ABC):
    """What the health checks say."""

    @abstractmethod
    def health(self, check: str | None, now: datetime) -> Health:
        """Of whoever is asked by the check; unknown rather than wrong."""


class Database(ABC):
    """The global database."""

    @abstractmethod
    def read(self) -> Cluster | None:
        """Its members; None if it does not answer."""

    @abstractmethod
    def glance(self) -> Cluster | None:
        """Its members without a word of their own regions: quickly, to be asked many times."""

    @abstractmethod
    def lag(self, region: str, now: datetime) -> timedelta | None:
        """How far the region's copy was behind at worst in the last minutes; None where it is not known."""

    @abstractmethod
    def switch(self, source: str, target: str) -> None:
        """Ask the region that writes to hand over. Asked once: without an answer, it may have been heard or not.

        Raises:
            Refused: it will not.
        """

    @abstractmethod
    def give_up(self, source: str, target: str) -> None:
        """Ask the target to write without the source, and without what only that one has. Asked once, as above.

        Raises:
            Refused: it will not.
        """


class Admission(ABC):
    """What the writer lets in. A member of the global database is named by its ARN.

    All of it raises `Unavailable` where the member does not write, and `Refused` where it does and says no for good.
    """

    @abstractmethod
    def read(self, arn: str) -> WriterState:
        """What it says of itself."""

    @abstractmethod
    def admit(self, arn: str, epoch: int, what: Admits) -> bool:
        """Let that in from now on; False, and nothing is changed, if the epoch is another one."""

    @abstractmethod
    def unfinished(self, arn: str) -> Unfinished:
        """What has begun and not ended."""

    @abstractmethod
    def begin_epoch(self, arn: str, epoch: int, region: str, lost: str | None) -> bool:
        """Begin the next epoch, open, in the region; False, and nothing is changed, if it is not that one any more."""


class Pager(ABC):
    """Calls a person."""

    @abstractmethod
    def send(self, page: Page) -> bool:
        """Send it, though it may have been sent before. Whether it was taken; nothing else waits for it."""
