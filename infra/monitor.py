"""A Datadog monitor: none can be had without saying what it means, what to do about it and who is told.

The class is ours and not the SDK's: `import pulumi_datadog` takes 6 to 16 seconds, and this is one type of resource.
What the engine is told is the same, held to the SDK's own names by a test (decision 0044).
"""

from dataclasses import dataclass
from typing import Any

import pulumi

from infra.checks import outside, refuse_faults, unlike
from infra.monitor_terms import Missing, MonitorType, Thresholds
from infra.tags import Tags

TYPE = "datadog:index/monitor:Monitor"
PROVIDER_VERSION = "5.17.0"
"""The provider that the engine loads for it; its keys come from the environment, never from a settings file."""

HANDLE = r"@[A-Za-z0-9][\w.+-]*(@[\w-]+(\.[\w-]+)+)?"
"""How Datadog calls whoever is told: an integration such as `@pagerduty-shop`, or a mail address after an `@`."""


@dataclass(frozen=True)
class MonitorArgs:
    """What a monitor needs to be told.

    Attributes:
        query: what is measured, without the comparison, which follows from the thresholds.
        meaning: what has happened when it alarms, for somebody who was asleep.
        runbook: where it is said what to do.
        notify: who is told: a Datadog handle.
        priority: 1 wakes somebody, 5 is for the next weekday.
        kind: of the component that brings it.
        evaluation_delay: how late the measurements come, in seconds.
    """

    name: str
    type: MonitorType
    query: pulumi.Input[str]
    meaning: str
    runbook: str
    notify: str
    priority: int
    thresholds: Thresholds
    on_missing_data: Missing
    kind: str
    tags: Tags
    evaluation_delay: int = 0

    def __post_init__(self) -> None:
        refuse_faults(
            "Monitor",
            name=unlike(self.name, r"\S.{2,118}\S", "a line of 4 to 120 characters"),
            query=_faulty(self.query),
            meaning=unlike(self.meaning, r"[A-Z][^@]{18,}\.", "a sentence without a handle"),
            runbook=unlike(self.runbook, r"https://[^\s#]+#[a-z0-9]+(-[a-z0-9]+)*", "an https URL with an anchor"),
            notify=unlike(self.notify, HANDLE, "a handle such as @pagerduty-shop"),
            priority=outside(self.priority, 1, 5, "(1 is the most urgent)"),
            kind=unlike(self.kind, r"[A-Z][A-Za-z]+", "the name of a kind of component"),
            evaluation_delay=outside(self.evaluation_delay, 0, 3600, "seconds"),
        )

    @property
    def message(self) -> str:
        """What whoever is told reads: the meaning, the measurement, what to do."""
        measured = f"Now {{{{value}}}}; the alarm is {self.thresholds.comparison}."
        return f"{self.meaning}\n\n{measured}\nTo do: {self.runbook}\n\n{self.notify}"


class Monitor(pulumi.CustomResource):
    """One monitor; it has no outputs that anything builds on."""

    def __init__(self, name: str, args: MonitorArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        version = pulumi.ResourceOptions(version=PROVIDER_VERSION)
        super().__init__(TYPE, name, properties(args), pulumi.ResourceOptions.merge(opts, version))


def properties(args: MonitorArgs) -> dict[str, Any]:
    """The monitor as the provider takes it: its numbers are text, and it knows no names in snake case."""
    tags = args.tags
    delay = {"evaluationDelay": args.evaluation_delay} if args.evaluation_delay else {}
    return delay | {
        "name": args.name,
        "type": args.type.value,
        "query": _compared(args.query, args.thresholds.comparison),
        "message": args.message,
        "monitorThresholds": args.thresholds.wire(),
        "onMissingData": args.on_missing_data.value,
        "priority": str(args.priority),
        # What AWS counts comes in gaps: a window with some of its points says enough.
        "requireFullWindow": False,
        "tags": [
            f"owner:{tags.owner}",
            f"team:{tags.owner}",
            f"service:{tags.service}",
            f"region:{tags.region}",
            f"component:{args.kind}",
        ],
    }


def _compared(query: pulumi.Input[str], comparison: str) -> pulumi.Input[str]:
    if isinstance(query, str):
        return f"{query} {comparison}"
    return pulumi.Output.concat(query, " ", comparison)


def _faulty(query: pulumi.Input[str]) -> str | None:
    if not isinstance(query, str):
        return None  # known once the resource that it names is
    return unlike(query, r"[^\n<>]*[)}\w]", "one line that says what is measured, and no more")
