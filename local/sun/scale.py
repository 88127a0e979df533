"""Where on the page what stands."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from local.sun.day import LENGTH

WIDTH, MARGIN = 1180, 28
LEFT, RIGHT = 150, WIDTH - MARGIN - 14
CHART_TOP, CHART_HEIGHT = 146, 260
RIBBON_TOP, RIBBON_HEIGHT = CHART_TOP + CHART_HEIGHT + 44, 34
STRIPS_TOP, STRIP_HEIGHT, STRIP_STEP = RIBBON_TOP + RIBBON_HEIGHT + 34, 44, 80

Curve = list[tuple[float, float]]


@dataclass(frozen=True)
class Scale:
    """The day across the page."""

    start: datetime

    def x(self, at: datetime) -> float:
        """How far to the right a moment is."""
        return LEFT + (RIGHT - LEFT) * ((at - self.start) / LENGTH)

    def hours(self, step: int) -> list[datetime]:
        """Every so many hours, both ends of the day included."""
        return [self.start + timedelta(hours=hour) for hour in range(0, 25, step)]


def line(points: Curve) -> str:
    """A path along the points."""
    return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def area(upper: Curve, lower: Curve) -> str:
    """A path around what is between two curves."""
    return f"{line(upper)} L{line(lower[::-1])[1:]}z"
