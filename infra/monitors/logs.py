"""What is watched of the lines that services write."""

from infra.monitor_terms import Missing, Thresholds
from infra.monitors.incidents import INCIDENTS, Incident
from infra.monitors.watch import Source, Watch, lines

_MINUTES = 15


def watches(name: str, region: str) -> tuple[Watch, ...]:
    """The monitors of a region's logs; silence is zero lines."""
    return (*(_watch(incident, name, region) for incident in INCIDENTS), errors(name, region))


def errors(name: str, region: str) -> Watch:
    """How many errors all services write: twenty within a quarter of an hour are no accident of one pod."""
    return Watch(
        "Release",
        "errors",
        name,
        "services write errors",
        f'logs("status:(error OR critical) @region:{region}").index("*").rollup("count").last("{_MINUTES}m")',
        Thresholds(20, warning=5),
        "Services write more errors than single accidents make; which ones, their lines say.",
        3,
        Source.LOGS,
        Missing.ZERO,
    )


def _watch(incident: Incident, name: str, region: str) -> Watch:
    return Watch(
        incident.component,
        incident.anchor,
        name,
        incident.title,
        lines(_MINUTES, region, incident.text, incident.services),
        Thresholds(incident.allowed),
        incident.meaning,
        incident.priority,
        Source.LOGS,
        Missing.ZERO,
    )
