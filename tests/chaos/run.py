"""One scenario's world, and what one does in it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.chaos.books import BedBooks
from tests.chaos.checker import unfinished, violations
from tests.chaos.clients import Acknowledgements, Customer, Load, Operator
from tests.chaos.pods import Pods
from tests.chaos.proxy import Proxy
from tests.chaos.region import Region

if TYPE_CHECKING:
    from tests.chaos.bed import Bed

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
        """Where orders are taken."""
        return self.pods.url("order")

    def load(self, orders: int, *, clients: int = 4, over_seconds: float = 0) -> Load:
        """Orders in the background, spread over a time or as fast as they go."""
        return Load(
            self.customers,
            self.order_url,
            orders=orders,
            clients=clients,
            seed=self.seed,
            over_seconds=over_seconds,
        )

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
        """What still breaks an invariant after so long, or has not changed for a while; returns once nothing does."""
        until = time.monotonic() + seconds
        self.ended(seconds)
        found, since = violations(self.books), time.monotonic()
        while found and time.monotonic() < min(until, since + STUCK_SECONDS):
            time.sleep(0.5)
            if (now := violations(self.books)) != found:
                found, since = now, time.monotonic()
        return found


def in_time(done: Callable[[], bool], seconds: float) -> bool:
    """Asks until the answer is yes; False if it still is no after so many seconds."""
    until = time.monotonic() + seconds
    while not done():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True
