"""Where on the page what stands."""

import math
from dataclasses import dataclass

WIDTH, MARGIN = 1180, 28
LEFT, RIGHT = 150, WIDTH - MARGIN - 22
MARK_TOP, MARK_ROW, MARK_ROWS = 104, 17, 5
CHART_TOP, CHART_HEIGHT = MARK_TOP + MARK_ROWS * MARK_ROW + 8, 190
ERRORS_TOP, ERRORS_HEIGHT = CHART_TOP + CHART_HEIGHT + 14, 46
WRITER_TOP, WRITER_HEIGHT = ERRORS_TOP + ERRORS_HEIGHT + 44, 30
WEIGHTS_TOP, WEIGHTS_HEIGHT = WRITER_TOP + WRITER_HEIGHT + 26, 80
HEALTH_TOP, HEALTH_HEIGHT, HEALTH_STEP = WEIGHTS_TOP + WEIGHTS_HEIGHT + 30, 12, 20

MOST_COLUMNS = 240
"""Narrower ones cannot be told apart."""
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900)
"""Seconds between two times on the axis, and widths of columns."""
LEAST_ROOM = 62
"""Between two times on the axis."""


@dataclass(frozen=True)
class Scale:
    """A scenario across the page."""

    seconds: float

    def x(self, at: float) -> float:
        """How far to the right a moment is; what is outside is at the edge."""
        return LEFT + (RIGHT - LEFT) * min(1.0, max(0.0, at / self.seconds))

    @property
    def column(self) -> int:
        """How many seconds a column of the chart stands for."""
        return next((step for step in STEPS if self.seconds / step <= MOST_COLUMNS), STEPS[-1])

    @property
    def columns(self) -> int:
        """How many there are."""
        return max(1, math.ceil(self.seconds / self.column))

    @property
    def times(self) -> list[int]:
        """Those that stand on the axis."""
        room = (RIGHT - LEFT) / self.seconds
        step = next((step for step in STEPS if step * room >= LEAST_ROOM), STEPS[-1])
        return list(range(0, int(self.seconds) + 1, step))


def clock(seconds: int) -> str:
    """Minutes and seconds."""
    return f"{seconds // 60}:{seconds % 60:02}"
