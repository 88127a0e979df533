"""Regions as data: where they are, and when people work there."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

RAMP_HOURS = 1.0
"""How long before and after its hour an office fills or empties."""


@dataclass(frozen=True)
class OfficeHours:
    """When an office opens and closes, in hours of its own clock.

    Raises:
        ValueError: an office that would not be open for the ramps' time, or not within one day.
    """

    opens: float = 8.0
    closes: float = 18.0

    def __post_init__(self) -> None:
        if not RAMP_HOURS <= self.opens <= self.closes - 2 * RAMP_HOURS <= 24 - 3 * RAMP_HOURS:
            raise ValueError(f"offices open {self.opens} to {self.closes}: not within a day, with an hour at each end")

    @property
    def middle(self) -> float:
        """The hour at which most people work."""
        return (self.opens + self.closes) / 2


@dataclass(frozen=True)
class Region:
    """A region of the product.

    Attributes:
        name: as in the names of its stack and of its DNS record.
        aws_region: AWS's name of it.
        zone: by whose clock its people live.
    """

    name: str
    aws_region: str
    zone: ZoneInfo
    office: OfficeHours = OfficeHours()

    def hour(self, at: datetime) -> float:
        """The hour of the region's day, 0 to 24."""
        local = at.astimezone(self.zone)
        return local.hour + local.minute / 60 + local.second / 3600


class Health(StrEnum):
    """What is known of a region's health. Who knows nothing of a region does not take it for sick."""

    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    UNKNOWN = "unknown"
