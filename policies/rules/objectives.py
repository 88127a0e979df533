"""Service level objectives: each is watched while there is something left to lose."""

import re
from collections import defaultdict
from collections.abc import Iterator

from policies.examples import sample
from policies.model import Resource, Stack
from policies.registry import RULES
from policies.rules.monitors import MONITOR

OBJECTIVE = "datadog:index/serviceLevelObjective:ServiceLevelObjective"

_FEWEST = 2
_BURN_RATE = re.compile(r"burn_rate\(\s*[\"']([^\"']+)[\"']\s*\).*long_window\(\s*[\"']([^\"']+)[\"']\s*\)", re.DOTALL)


def _alert(window: str, objective: str = "abc", kind: str = "slo alert") -> Resource:
    query = f'burn_rate("{objective}").over("30d").long_window("{window}").short_window("5m") > 14.4'
    return sample(MONITOR, {"type": kind, "query": query}, f"{objective}-{window}")


def _objective(name: str = "orders") -> Resource:
    return sample(OBJECTIVE, {"name": name}, name)


@RULES.stack_rule(
    name="slo-has-burn-alert",
    types=(OBJECTIVE, MONITOR),
    why="An objective that nobody watches is found broken at the month's end; one alert is either deaf to a slow loss "
    "or wakes somebody for a short one.",
    remedy="declare two monitors of type 'slo alert' on the objective's burn rate: a fast one (long_window 1h, > 14.4) "
    "and a slow one (6h, > 6).",
    source="Google SRE workbook, chapter 5: multiwindow, multi-burn-rate alerts; Datadog's burn rate alerts",
    accepts=(
        [_objective(), _alert("1h"), _alert("6h")],
        [_objective(), _objective("mail"), *(_alert(w, o) for w in ("1h", "6h") for o in ("abc", "def"))],
        [sample(MONITOR, {"type": "query alert", "query": "avg(last_5m):sum:queue > 1"})],
    ),
    rejects={
        "objective 'orders' has 0 burn-rate alerts": [_objective()],
        "'orders' has 1 burn-rate alert": [_objective(), _alert("1h")],
        "objective 'orders' has 1 burn-rate alert": [_objective(), _alert("6h"), _alert("6h")],
        "'orders' has 0 burn-rate alerts": [_objective(), _alert("1h", kind="query alert")],
        "objective 'mail' has 0 burn-rate alerts": [_objective(), _objective("mail"), _alert("1h"), _alert("6h")],
    },
)
def watched_fast_and_slow(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Every objective has two alerts over windows of different length."""
    windows: dict[str, set[str]] = defaultdict(set)
    for monitor in stack.of_type(MONITOR):
        found = _BURN_RATE.search(monitor.text("query")) if monitor.properties.get("type") == "slo alert" else None
        if found:
            windows[found[1]].add(found[2])
    # An objective's id is Datadog's to give: alerts are counted for each id, and the objectives that are left have few.
    counted = sorted((len(known) for known in windows.values()), reverse=True)
    for number, objective in enumerate(stack.of_type(OBJECTIVE)):
        alerts = counted[number] if number < len(counted) else 0
        if alerts < _FEWEST:
            yield objective, f"objective {objective.name!r} has {alerts} burn-rate alert{'' if alerts == 1 else 's'}"
