"""How busy the people of a region are, by their own clock: so a change to summer time needs no rule."""

from datetime import datetime
from math import cos, pi

from services.sun.schedule.regions import RAMP_HOURS, OfficeHours, Region

_OFFICE, _TIDE, _NIGHT = 0.85, 0.14, 0.01
"""Parts of the whole: the office; the tide of a day, by which at night the region nearest its noon leads; and what is
always left, so that no region is ever without any and every share is defined."""


def activity(region: Region, at: datetime) -> float:
    """Between 0, which it never is, and 1."""
    hour = region.hour(at)
    return _NIGHT + _TIDE * _tide(hour, region.office) + _OFFICE * _presence(hour, region.office)


def _tide(hour: float, office: OfficeHours) -> float:
    return (1 + cos(2 * pi * (hour - office.middle) / 24)) / 2


def _presence(hour: float, office: OfficeHours) -> float:
    """1 within office hours and 0 outside, with a raised cosine of an hour to both sides of opening and of closing."""
    inside = min(hour - office.opens, office.closes - hour)
    if inside >= RAMP_HOURS:
        return 1.0
    if inside <= -RAMP_HOURS:
        return 0.0
    return (1 + cos(pi * (inside - RAMP_HOURS) / (2 * RAMP_HOURS))) / 2
