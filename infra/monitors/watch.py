"""One thing that is watched, and how Datadog is asked about it."""

from dataclasses import dataclass
from enum import Enum, auto

import pulumi

from infra.monitor_terms import Missing, Thresholds
from infra.placement import Placement


class Source(Enum):
    """Where the measurements come from: AWS (through Datadog's integration), the cluster's agents, or our own logs."""

    AWS = auto()
    CLUSTER = auto()
    LOGS = auto()

    @property
    def delay_seconds(self) -> int:
        """How late they come: AWS's are fetched every ten minutes, and are minutes old by then.

        https://docs.datadoghq.com/integrations/guide/cloud-metric-delay/: 10 to 20 minutes in all. With CloudWatch
        metric streams it would be three; then this number may go down.
        """
        return 900 if self is Source.AWS else 0


@dataclass(frozen=True)
class Watch:
    """What a monitor is made from, but for who is told and where the runbook is.

    Attributes:
        component: the class of the component that brings it.
        anchor: its section of the runbook.
        subject: the physical name of what is watched.
        title: in some words what is wrong with the subject.
        service: whose it is, if it is one service's.
    """

    component: str
    anchor: str
    subject: str
    title: str
    query: pulumi.Input[str]
    thresholds: Thresholds
    meaning: str
    priority: int
    source: Source = Source.AWS
    missing: Missing = Missing.SHOW
    service: str | None = None

    @property
    def name(self) -> str:
        """The monitor's name, which no other has."""
        return f"{self.subject}: {self.title}"

    @property
    def resource_name(self) -> str:
        """The resource's name in the program."""
        return f"{self.subject}-{self.anchor}"


def metric(over: str, minutes: int, expression: str) -> str:
    """A query of a metric: `over` is how the points of the window are taken together."""
    return f"{over}(last_{_window(minutes)}):{expression}"


def scoped(place: Placement, **tags: str) -> str:
    """The tags that lead to the things of one account and region: Datadog sees all of them in one place."""
    stated = {"aws_account": place.account, "region": place.region, **tags}
    return "{" + ",".join(f"{name}:{value}" for name, value in stated.items()) + "}"


def grouped(scope: str, tag: str) -> str:
    """The scope taken apart by a tag: each of its values is measured, and alarms, by itself.

    Its message names which one by `{{<tag>.name}}`.
    """
    return f"{scope} by {{{tag}}}"


def percent(part: str, whole: str) -> str:
    """One count as a percentage of another."""
    return f"{part}.as_count() / {whole}.as_count() * 100"


def lines(minutes: int, region: str, text: str, services: tuple[str, ...] = ()) -> str:
    """How many lines of a region's logs have that text, of these services or of all."""
    by = f"service:({' OR '.join(services)}) " if services else ""
    search = f'{by}@region:{region} \\"{text}\\"'
    return f'logs("{search}").index("*").rollup("count").last("{_window(minutes)}")'


def _window(minutes: int) -> str:
    return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"
