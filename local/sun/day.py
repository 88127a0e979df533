"""A day as it is drawn: what the schedule does in it, after a day and a half in which it has found its rhythm."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from local.sun.walk import Moment, walk
from services.sun.schedule.regions import Region

_BEFORE = timedelta(hours=36)
LENGTH = timedelta(days=1)


@dataclass(frozen=True)
class Change:
    """A change of a region's clocks, at the first moment of the new time."""

    region: str
    at: datetime
    by: timedelta


@dataclass(frozen=True)
class Day:
    """A day of UTC."""

    start: datetime
    regions: Sequence[Region]
    moments: Sequence[Moment]

    @property
    def hand_overs(self) -> list[Moment]:
        """When the writer moved."""
        return [moment for moment in self.moments if moment.moved]

    @property
    def tenures(self) -> Iterator[tuple[str, datetime, datetime]]:
        """Who wrote, from when to when."""
        since, writer = self.start, self.moments[0].writer
        for moment in self.moments:
            if moment.writer != writer:
                yield writer, since, moment.at
                since, writer = moment.at, moment.writer
        yield writer, since, self.start + LENGTH

    @property
    def changes(self) -> Iterator[Change]:
        """Where the clocks of a region change."""
        minutes = [self.start + timedelta(minutes=minute) for minute in range(0, 24 * 60, 15)]
        for region in self.regions:
            for at in minutes:
                by = _offset(region, at) - _offset(region, at - timedelta(minutes=15))
                if by:
                    yield Change(region.name, at, by)


def lived(regions: Sequence[Region], start: datetime) -> Day:
    """The day that begins then."""
    moments = [moment for moment in walk(regions, start - _BEFORE, start + LENGTH) if moment.at >= start]
    return Day(start, regions, moments)


def _offset(region: Region, at: datetime) -> timedelta:
    return at.astimezone(region.zone).utcoffset() or timedelta()
