"""One scenario's world, and what one does in it."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from tests.chaos.books import BedBooks
from tests.chaos.checker import unfinished, violations
from tests.chaos.clients import Acknowledgements, Customer, Load, Operator
from tests.chaos.pods import Pods
from tests.chaos.proxy import Proxy
from tests.chaos.region import Region
from tests.chaos.waiting import in_time

if TYPE_CHECKING:
    from tests.chaos.bed import Bed

MOST_UNFINISHED = 120
"""Customers that order faster than orders are worked off would test nothing but the length of a queue."""
STUCK_SECONDS = 10.0
"""Longer than whatever the queues or the ledger make a message wait."""


@dataclass
class Run:
    """One scenario's empty world."""

    bed: "Bed"
    region: Region
    pods: Pods
    books: BedBooks
    customers: list[Customer]
    operator: Operator
    told: Acknowledgements
    hits: Path
    seed: int
    crashes: int = 0

    @property
    def aws(self) -> Proxy:
        """The proxy before S3 and SQS."""
        return self.bed.aws

    @property
    def ses(self) -> Proxy:
        """The proxy before SES."""
        return self.bed.ses

    def order_url(self) -> str:
        """Where orders are taken: one pod after the other."""
        return self.pods.next_url("order")

    def load(self, orders: int, *, clients: int = 4, over_seconds: float = 0) -> Load:
        """Orders in the background, spread over a time or as fast as they are worked off."""
        return Load(
            self.customers,
            self.order_url,
            orders=orders,
            clients=clients,
            seed=self.seed,
            over_seconds=over_seconds,
            room=None if over_seconds else self._room,
        )

    def _room(self) -> int:
        """How many orders more may be on their way at once; all the room there is while nobody can be asked."""
        try:
            return MOST_UNFINISHED - unfinished(self.books)
        except psycopg.OperationalError:
            return MOST_UNFINISHED

    def hit(self, point: str) -> int:
        """How often a crash point has struck."""
        record = self.hits / point
        return len(record.read_text().splitlines()) if record.exists() else 0

    @property
    def kills(self) -> int:
        """Processes that were killed from outside."""
        return self.pods.kills + self.crashes

    def crash_database(self) -> None:
        """SIGKILL for PostgreSQL."""
        self.crashes += 1
        self.bed.crash_database()

    def time_passes(self, service: str) -> None:
        """Lets run out whatever the service has put off or leased."""
        self.pods.time_passes(service)

    def ended(self, seconds: float) -> bool:
        """Whether every order comes to its end in time."""
        return in_time(lambda: unfinished(self.books) == 0, seconds)

    def settled(self, seconds: float) -> list[str]:
        """What still breaks an invariant after so long, or has not changed for a while; returns once nothing does.

        A full check of many orders takes long, so the queues have to be empty first, and the pauses grow with it.
        """
        until = time.monotonic() + seconds
        self.ended(seconds)
        in_time(self._idle, min(STUCK_SECONDS, max(0.0, until - time.monotonic())))
        found, took = self._violations()
        since = time.monotonic()
        while found and time.monotonic() < min(until, since + STUCK_SECONDS + 3 * took):
            time.sleep(max(0.5, 2 * took))
            now, took = self._violations()
            if now != found:
                found, since = now, time.monotonic()
        return found

    def _idle(self) -> bool:
        return all(waiting == 0 for waiting, _ in self.books.depths().values())

    def _violations(self) -> tuple[list[str], float]:
        """What breaks an invariant now, and how many seconds it took to find out."""
        began = time.monotonic()
        return violations(self.books), time.monotonic() - began
