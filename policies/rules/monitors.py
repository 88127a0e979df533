"""Monitors: each says what to do, wakes somebody, and belongs to a team."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from policies.examples import sample
from policies.model import Resource
from policies.reading import listed
from policies.registry import RULES

MONITOR = "datadog:index/monitor:Monitor"

_RUNBOOK = re.compile(r"https://[^\s/#)]+[/#]\S+")

# A handle begins a word; an address in running text has something before its sign.
_NOTIFIED = re.compile(r"(?<![\w.+-])@[A-Za-z0-9][\w.@+-]*")
_PRIORITIES = ("1", "2", "3", "4", "5")
_TAGS = ("team", "service")

_MESSAGE = "Mail waits.\nTo do: https://runbooks.example/monitors#queue-age\n\n@pagerduty-shop"


def _monitor(**changed: Any) -> Resource:
    stated = {"message": _MESSAGE, "priority": "2", "tags": ["team:shop", "service:email"], "type": "query alert"}
    return sample(MONITOR, stated | changed, "email-age")


@RULES.resource_rule(
    name="monitor-has-runbook",
    types=(MONITOR,),
    why="An alarm that does not say what to do is guessed at by night, one that tells nobody is not an alarm, and one "
    "without a team or a priority is everybody's and so nobody's.",
    remedy="write a runbook's https address and an @handle into message, set priority 1 to 5, and tags team:... and "
    "service:... (infra.monitor).",
    source="reliability design; Datadog's documentation of notifications and of monitor tags",
    accepts=(
        _monitor(),
        _monitor(priority=3.0),
        _monitor(priority=1, tags=["region:eu", "service:email", "team:shop"]),
        _monitor(message="{{#is_alert}}@oncall@shop.example{{/is_alert}} see https://wiki.example/runbook"),
    ),
    rejects={
        "'email-age' does not say what to do": _monitor(message="Mail waits. @pagerduty-shop"),
        "monitor 'email-age' does not say what to do": _monitor(message="https://runbooks.example @pagerduty-shop"),
        "tells nobody": _monitor(message="Mail waits. https://runbooks.example/queue"),
        "'email-age' tells nobody": _monitor(message="Of me@shop.example: https://runbooks.example/queue"),
        "monitor 'email-age' tells nobody": _monitor(message=None),
        "has no priority": _monitor(priority=None),
        "'email-age' has no priority": _monitor(priority="high"),
        "monitor 'email-age' has no priority": _monitor(priority=6),
        "has no tag team": _monitor(tags=["service:email"]),
        "has no tag service": _monitor(tags=["team:shop", "service:"]),
        "'email-age' has no tag team": _monitor(tags=None),
    },
)
def says_what_to_do(monitor: Resource) -> Iterator[str]:
    """The monitor leads to a runbook, to somebody, and to a team."""
    yield from (f"monitor {monitor.name!r} {fault}" for fault in _faults(monitor.properties))


def _faults(stated: Mapping[str, Any]) -> Iterator[str]:
    message = str(stated.get("message") or "")
    if not _RUNBOOK.search(message):
        yield "does not say what to do: its message holds no runbook's address"
    if not _NOTIFIED.search(message):
        yield "tells nobody: its message holds no @handle"
    priority = stated.get("priority")
    if (f"{priority:g}" if isinstance(priority, int | float) else str(priority)) not in _PRIORITIES:
        yield "has no priority from 1 to 5"
    tags = [str(tag).partition(":") for tag in listed(stated.get("tags"))]
    held = {name for name, _, value in tags if value}
    for name in _TAGS:
        if name not in held:
            yield f"has no tag {name}"
