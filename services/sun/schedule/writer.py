"""Where the writer belongs: where most requests are, but not for a moment, not often, and not at any hour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.sun.schedule.regions import Region
from services.sun.schedule.weights import Weights

LEADS = 0.6
"""The share of the requests from which a region leads: most of them, so that two never do."""
LEADS_FOR = timedelta(minutes=15)
DWELL = timedelta(hours=4)
"""How long the writer stays at least."""
DAY = timedelta(hours=24)
MOST_A_DAY = 3
"""Of switches in any 24 hours, those that failed too."""
EARLIEST, LATEST = 5.0, 20.0
"""Between which hours of its own clock a region takes the writer over: its people come, or are there."""


@dataclass(frozen=True)
class Lead:
    """That a region has led without a break."""

    region: str
    since: datetime


@dataclass(frozen=True)
class Tenure:
    """Who writes, and what is remembered of how that came about.

    Attributes:
        since: when the writer came, or was first seen, where it is.
        switches: when switches were begun within the last day.
    """

    writer: str
    since: datetime
    switches: tuple[datetime, ...] = ()
    lead: Lead | None = None

    def began(self, at: datetime) -> "Tenure":
        """With one switch more begun, whatever becomes of it."""
        return replace(self, switches=(*self.switches, at))

    def moved(self, writer: str, at: datetime) -> "Tenure":
        """With the writer in another region, by whomever it was moved."""
        return replace(self, writer=writer, since=at)


@dataclass(frozen=True)
class Verdict:
    """Where the writer should go, if anywhere, and why it should or should not."""

    goal: str | None
    reason: str


def observe(tenure: Tenure, weights: Weights, now: datetime) -> Tenure:
    """What is remembered at this moment: who leads since when, and the switches of a day."""
    leader = _leader(weights)
    if leader is None:
        lead = None
    elif tenure.lead is not None and tenure.lead.region == leader:
        lead = tenure.lead
    else:
        lead = Lead(leader, now)
    return replace(tenure, lead=lead, switches=tuple(at for at in tenure.switches if now - at < DAY))


def judge(tenure: Tenure, regions: Sequence[Region], now: datetime) -> Verdict:
    """Whether the writer should move now."""
    lead, zones = tenure.lead, {region.name: region for region in regions}
    if lead is None:
        return Verdict(None, "no region leads")
    if lead.region == tenure.writer:
        return Verdict(None, f"{tenure.writer} writes and leads")
    barred = _barred(tenure, lead, zones, now)
    if barred:
        return Verdict(None, f"{lead.region} leads, but {barred}")
    return Verdict(lead.region, f"{lead.region} leads since {lead.since:%H:%M} UTC")


def _leader(weights: Weights) -> str | None:
    total = sum(weights.values())
    return next((name for name, weight in weights.items() if weight and weight >= LEADS * total), None)


def _barred(tenure: Tenure, lead: Lead, regions: Mapping[str, Region], now: datetime) -> str | None:
    if now - lead.since < LEADS_FOR:
        return f"only since {lead.since:%H:%M} UTC"
    if now - tenure.since < DWELL:
        return f"{tenure.writer} writes only since {tenure.since:%H:%M} UTC"
    if tenure.switches and now - tenure.switches[-1] < DWELL:
        return f"a switch was begun at {tenure.switches[-1]:%H:%M} UTC"
    if len(tenure.switches) >= MOST_A_DAY:
        return f"{MOST_A_DAY} switches were begun within a day"
    if not EARLIEST <= regions[lead.region].hour(now) < LATEST:
        return "it is night there"
    return None
