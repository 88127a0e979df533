"""The figures of a recording: pure functions of what the customers saw."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tests.drill.events import NO_ANSWER, Attempt, Recording, Window

AFTER = 6.0
"""Seconds after a switch in which a pause still counts as its own: longer than a service holds a request."""
UNAVAILABLE = 503


@dataclass(frozen=True)
class Figures:
    """What came of the load.

    Attributes:
        begun: orders that a customer has tried.
        accepted: of them, those that were taken.
        statuses: of all answers; 0 stands for none.
        pause: the longest time without an accepted order, in seconds, and `pause_at` when it began.
        slowest: the longest that one order took from its first try to its acceptance.
        gaps: the longest pause around each switch.
    """

    begun: int
    accepted: int
    statuses: Mapping[int, int]
    pause: float
    pause_at: float
    slowest: float
    gaps: Sequence[float] = field(default=())

    @property
    def faults(self) -> int:
        """Answers that no client should ever see: what is 5xx and not 503."""
        return sum(count for status, count in self.statuses.items() if status >= 500 and status != UNAVAILABLE)

    @property
    def refused(self) -> int:
        """Requests that were told to come back, or got no answer."""
        return self.statuses.get(UNAVAILABLE, 0) + self.statuses.get(NO_ANSWER, 0)


def figures(recording: Recording) -> Figures:
    """The figures of the whole recording."""
    attempts = recording.attempts
    accepted = {attempt.key for attempt in attempts if attempt.accepted}
    pause_at, pause = longest_pause(attempts, 0.0, _last(attempts))
    return Figures(
        begun=len({attempt.key for attempt in attempts}),
        accepted=len(accepted),
        statuses=dict(sorted(Counter(attempt.status for attempt in attempts).items())),
        pause=pause,
        pause_at=pause_at,
        slowest=max(waits(attempts).values(), default=0.0),
        gaps=[_gap(attempts, window) for window in recording.windows],
    )


def longest_pause(attempts: Sequence[Attempt], since: float, until: float) -> tuple[float, float]:
    """When the longest time without an accepted order began, and how long it was."""
    times = sorted(attempt.answered for attempt in attempts if attempt.accepted and since <= attempt.answered <= until)
    return max(((one, other - one) for one, other in pairwise(times)), key=lambda found: found[1], default=(since, 0.0))


def waits(attempts: Sequence[Attempt]) -> dict[str, float]:
    """How long each accepted order took, by its key: from the first try to the first answer that accepts it."""
    first: dict[str, float] = {}
    taken: dict[str, float] = {}
    for attempt in attempts:
        first[attempt.key] = min(attempt.at, first.get(attempt.key, math.inf))
        if attempt.accepted:
            taken[attempt.key] = min(attempt.answered, taken.get(attempt.key, math.inf))
    return {key: at - first[key] for key, at in taken.items()}


def recovery(recording: Recording, lost_at: float) -> float:
    """RTO as customers see it: from the loss until orders are taken again for good.

    That is the end of the longest pause that began after the loss, or lasted through it; nothing, if none was longer
    than a customer waits anyway.
    """
    times = sorted(attempt.answered for attempt in recording.attempts if attempt.accepted)
    before = [at for at in times if at <= lost_at]
    after = [*before[-1:], *(at for at in times if at > lost_at)]
    pauses = [(other - one, other) for one, other in pairwise(after)]
    length, end = max(pauses, default=(0.0, lost_at))
    return end - lost_at if length > USUAL else 0.0


USUAL = 1.0
"""A pause between two orders that a customer does not notice at a light load."""


def percentile(values: Sequence[float], share: float) -> float:
    """The least value that so many of all do not exceed; 0 of none."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)] if ranked else 0.0


def _gap(attempts: Sequence[Attempt], window: Window) -> float:
    return longest_pause(attempts, window.begun - AFTER, window.ended + AFTER)[1]


def _last(attempts: Sequence[Attempt]) -> float:
    return max((attempt.answered for attempt in attempts), default=0.0)
