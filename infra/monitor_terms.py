"""The words in which a monitor is described: what is counted, what silence means, and from which value on it alarms."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from infra.checks import refuse_faults


class MonitorType(StrEnum):
    """What is counted: a metric, or lines of logs."""

    METRIC = "query alert"
    LOG = "log alert"


class Missing(StrEnum):
    """What silence means: counts as zero, is shown, is as bad as an alarm, or is good news."""

    ZERO = "default"
    SHOW = "show_no_data"
    NOTIFY = "show_and_notify_no_data"
    RESOLVE = "resolve"


@dataclass(frozen=True)
class Thresholds:
    """The value beyond which a monitor alarms; `below`: it alarms under it.

    Attributes:
        warning: passed earlier.
        recovery: what an alarm must come back to before it is over, so that it does not flap.
    """

    critical: float
    warning: float | None = None
    recovery: float | None = None
    below: bool = False

    def __post_init__(self) -> None:
        refuse_faults("Thresholds", warning=self._unsafe(self.warning), recovery=self._unsafe(self.recovery))

    def _unsafe(self, value: float | None) -> str | None:
        if value is None or (value > self.critical if self.below else value < self.critical):
            return None
        return f"must be on the safe side of {plain(self.critical)}, not {plain(value)}"

    @property
    def comparison(self) -> str:
        """How a query ends; Datadog refuses one whose number is not the critical threshold."""
        return f"{'<' if self.below else '>'} {plain(self.critical)}"

    def wire(self) -> dict[str, str]:
        """As the provider takes them."""
        stated = {"critical": self.critical, "warning": self.warning, "criticalRecovery": self.recovery}
        return {name: plain(value) for name, value in stated.items() if value is not None}


def plain(number: float) -> str:
    """The number without an exponent and without a trailing zero."""
    return f"{Decimal(str(number)).normalize():f}"
