"""Everything that is played against the product, in the sizes that were asked for."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from tests.chaos import changes, crashes, failures, scenarios, storms
from tests.chaos.scenario import Scenario

ORDERS = 10_000
PER_ROUND = 5
"""A death takes the whole batch in a worker's hands through one more receive, and what the order service is asking the
CCP through one more attempt; after too many of either a message is a dead letter, and an order waits for a person.
"""


@dataclass(frozen=True)
class Sizes:
    """How much of everything.

    Attributes:
        orders: of the largest scenario; numbers that 16 writers draw.
        times: how often each crash point strikes.
        outage: seconds for which S3 and SQS are down; the database is for half as long.
    """

    orders: int
    times: int
    outage: float

    @classmethod
    def of(cls, orders: int) -> Self:
        """What goes with so many orders; 10,000 are the whole."""
        part = min(1.0, orders / ORDERS)
        return cls(orders, max(1, round(20 * part)), max(8.0, 120 * part))

    @property
    def rounds(self) -> list[int]:
        """The strikes of the pipeline's points in rounds: more deaths at once than orders can have prove only that."""
        return [min(PER_ROUND, self.times - done) for done in range(0, self.times, PER_ROUND)]

    @property
    def some(self) -> int:
        """Orders of a scenario whose point is not their number."""
        return max(10, min(100, self.orders // 50))


def catalogue(sizes: Sizes) -> Iterator[Scenario]:
    """Everything but the largest scenario; the short ones first, so that what is broken shows early."""
    some, outage = sizes.some, sizes.outage
    yield scenarios.PLAIN
    yield scenarios.KEYS
    for number, times in enumerate(sizes.rounds, 1):
        round_of = scenarios.every_point(times)
        yield replace(round_of, name=f"{round_of.name}, round {number}")
    yield scenarios.operator_points(sizes.times)
    for number, times in enumerate(sizes.rounds, 1):
        round_of = changes.change_points(times)
        yield replace(round_of, name=f"{round_of.name}, round {number}")
    yield changes.left_alone(min(PER_ROUND, sizes.times))
    yield changes.without_keys(min(PER_ROUND, sizes.times))
    yield scenarios.BAD_NETWORK
    yield scenarios.SES_ANSWER_LOST
    yield scenarios.LATE_EVIDENCE
    yield scenarios.SLOW_PROVIDER
    yield scenarios.SHORT_SALES
    yield scenarios.ALTERED
    yield failures.SLOW_WORK
    yield failures.LOST
    yield failures.rivals(some)
    yield failures.poison(some)
    yield failures.rolling(some)
    yield failures.charged_twice(some)
    yield storms.erring_provider(2 * some)
    yield changes.erring_provider(max(4, some // 8))
    yield changes.change_deaths(max(4, some // 8))
    yield crashes.backends_lost(some)
    yield storms.replayed(5 * some)
    yield storms.aws_down(2 * some, outage)
    yield crashes.database_down(some, max(8.0, outage / 2))
    yield crashes.database_crashes(some, max(2, sizes.times // 4))
    yield crashes.writers(sizes.orders, 16)
    yield storms.random_deaths(5 * some)
    yield storms.duplicates(5 * some)


def largest(sizes: Sizes) -> Scenario:
    """The one that takes as long as all others together."""
    return storms.everything(sizes.orders)
