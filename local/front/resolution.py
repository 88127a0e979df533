"""Which records of a weighted name Route 53 would answer with, and how often each.

Source: Route 53 Developer Guide, "How Amazon Route 53 chooses records when health checking is configured" and "Values
specific for weighted records".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

ENOUGH = 0.18
"""Of the checkers, more than this make an endpoint healthy (Developer Guide, "How Amazon Route 53 determines whether a
health check is healthy")."""


@dataclass(frozen=True)
class Record:
    """A region's record of the name.

    Attributes:
        region: its set identifier.
        weight: 0 to 255.
        well: what its health check says; None without a check, and while nobody has observed anything.
    """

    region: str
    weight: int
    well: bool | None


def shares(records: Iterable[Record]) -> dict[str, int]:
    """The weights of the draw, of which none is 0; empty if there are no records.

    One whose health is not known counts as healthy. If all are sick, none is: a wrong answer may still be a right one.
    Those of weight 0 come in when all others are out, and then equally often.
    """
    known = tuple(records)
    answering = [record for record in known if record.well is not False] or known
    weighted = {record.region: record.weight for record in answering if record.weight > 0}
    return weighted or {record.region: 1 for record in answering}


def well(observations: Iterable[Mapping[str, Any]]) -> bool | None:
    """What the checkers' latest observations make of an endpoint; None if there are none."""
    reports = [str(observation.get("StatusReport", {}).get("Status", "")) for observation in observations]
    if not reports:
        return None
    return sum(report.startswith("Success") for report in reports) > ENOUGH * len(reports)
