"""The drill's clock, what its leaps leave as it was, and how far it leaps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from services.sun.control.book import Memory, Page
from services.sun.control.ports import Checks, Pager
from services.sun.schedule.decision import TICK, decide
from services.sun.schedule.regions import Health, Region

LONGEST_WALK = timedelta(days=3)


@dataclass
class Clock:
    """Real seconds, after a leap of so many hours."""

    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        """The drill's time."""
        return datetime.now(UTC) + self.ahead

    def leap(self, moment: datetime) -> None:
        """It is that time now; never earlier than it was."""
        self.ahead += max(timedelta(0), moment - self.now())


@dataclass(frozen=True)
class Present(Checks):
    """Health checks, whose observations are of real time."""

    real: Checks

    def health(self, check: str | None, now: datetime) -> Health:
        return self.real.health(check, datetime.now(UTC))


@dataclass
class Bell(Pager):
    """Keeps what a person would be called for."""

    rung: list[Page] = field(default_factory=list)

    def send(self, page: Page) -> bool:
        self.rung.append(page)
        return True


def latest(memory: Memory) -> datetime:
    """The last moment that is remembered: an earlier drill may have leapt far ahead."""
    tenure = memory.state.tenure
    return max(memory.state.stepped_at, tenure.since, *tenure.switches)


def until(regions: Sequence[Region], memory: Memory, target: str, now: datetime) -> tuple[Memory, datetime]:
    """What is remembered just before the tick at which the writer should go to the target, and when that tick is.

    Raises:
        LookupError: there is none within days.
    """
    healthy: Mapping[str, Health] = {region.name: Health.HEALTHY for region in regions}
    state, end = memory.state, now + LONGEST_WALK
    while now < end:
        decision = decide(regions, state, healthy, now)
        if decision.verdict.goal == target:
            return replace(memory, state=state), now
        state, now = decision.state, now + TICK
    raise LookupError(f"the writer never goes to {target}")
