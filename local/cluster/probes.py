"""A container's probes, and the rule by which Kubernetes turns single probe outcomes into a verdict."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Probe:
    """An httpGet probe; every time is in seconds."""

    path: str
    port: int
    initial_delay_seconds: float = 0
    period_seconds: float = 10
    timeout_seconds: float = 1
    success_threshold: int = 1
    failure_threshold: int = 3


@dataclass(frozen=True)
class Probes:
    """The probes of one pod; a probe that is not stated counts as passed."""

    startup: Probe | None = None
    readiness: Probe | None = None
    liveness: Probe | None = None


@dataclass
class Tally:
    """Counts a probe's outcomes in a row.

    Attributes:
        good: the verdict: changes only when the threshold of the other verdict is reached.
    """

    probe: Probe
    good: bool
    failures: int = 0
    successes: int = 0

    def record(self, *, passed: bool) -> bool:
        """Count one outcome; true when it completed a run of failures or successes that the threshold asks for."""
        if passed:
            self.successes, self.failures = self.successes + 1, 0
            reached = self.successes >= self.probe.success_threshold
        else:
            self.failures, self.successes = self.failures + 1, 0
            reached = self.failures >= self.probe.failure_threshold
        if reached:
            self.good = passed
        return reached
