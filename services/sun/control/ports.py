"""What the controller needs of the world."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.sun.control.book import Book, Entry, Page
from services.sun.control.facts import Cluster
from services.sun.schedule.regions import Health


class Overtaken(Exception):
    """Another controller acts by now, or a person has said that nothing may: what was to be written is not."""


class Refused(Exception):
    """AWS will not switch, and has not begun to."""


class Ledger(ABC):
    """The one place in which controllers agree."""

    @abstractmethod
    def acquire(self, now: datetime, until: datetime) -> int | None:
        """The right to act until then, as a token greater than all before; None while somebody else has it."""

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
    def lag(self, region: str, now: datetime) -> timedelta | None:
        """How far the region's copy was behind at worst in the last minutes; None where it is not known."""

    @abstractmethod
    def switch(self, source: str, target: str) -> None:
        """Ask the region that writes to hand over. Asked once: without an answer, it may have been heard or not.

        Raises:
            Refused: it will not.
        """


class Pager(ABC):
    """Calls a person."""

    @abstractmethod
    def send(self, page: Page) -> bool:
        """Send it, though it may have been sent before. Whether it was taken; nothing else waits for it."""
