"""What a storm of requests came to."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

SHOWN = 40


@dataclass
class Report:
    """Counts of answers by operation and status; `faults` counts each kind, and `samples` has one request for each.

    Attributes:
        cases: requests that were drawn from the document; each was sent by several people.
    """

    cases: int = 0
    sent: int = 0
    seconds: float = 0
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    samples: dict[str, str] = field(default_factory=dict)

    def fault(self, kind: str, sample: str) -> None:
        """Counts a fault."""
        self.faults[kind] += 1
        self.samples.setdefault(kind, sample)

    def lines(self) -> Iterator[str]:
        """The report in words."""
        by_status: Counter[int] = Counter()
        for (_, status), count in self.statuses.items():
            by_status[status] += count
        yield f"{self.sent} requests, {self.cases} drawn, in {self.seconds:.0f} s: {dict(sorted(by_status.items()))}"
        operations = {name for name, _ in self.statuses}
        reached = {name for name, status in self.statuses if status < 300}
        yield f"{len(operations)} operations, {len(reached)} with success; without: {sorted(operations - reached)}"
        for kind, count in self.faults.most_common(SHOWN):
            yield f"FAULT {count} x {kind}\n      {self.samples[kind]}"
