"""What was done when: a line through everything, and words where there is room for them."""

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement

from local.picture.drawing import elements
from local.picture.layout.geometry import Box
from tests.drill.events import Mark, Recording
from tests.drill.timeline.scale import (
    CHART_HEIGHT,
    CHART_TOP,
    LEFT,
    MARK_ROW,
    MARK_ROWS,
    MARK_TOP,
    RIGHT,
    WEIGHTS_HEIGHT,
    WEIGHTS_TOP,
    Scale,
)

_CHARACTER = 5.6
"""The width of one, at the size of the words."""


def draw_windows(parent: Element, recording: Recording, scale: Scale) -> None:
    """Behind everything: the time that each switch took."""
    group = SubElement(parent, "g", {"id": "switches"})
    for window in recording.windows:
        x = round(scale.x(window.begun))
        width = max(2, round(scale.x(window.ended)) - x)
        elements.rectangle(group, Box(x, CHART_TOP, width, CHART_HEIGHT), "window", 0)


def draw_marks(parent: Element, recording: Recording, scale: Scale) -> None:
    """Over everything."""
    group = SubElement(parent, "g", {"id": "marks"})
    for mark, row in placed(recording.marks, scale):
        x = round(scale.x(mark.at))
        top = MARK_TOP + MARK_ROW * (row if row is not None else MARK_ROWS)
        elements.path(group, f"M{x} {top} V{WEIGHTS_TOP + WEIGHTS_HEIGHT}", f"mark {mark.kind}")
        if row is not None:
            end = _ends(mark, scale)
            elements.text(group, mark.text, x - 4 if end else x + 4, top + 9, f"said small {mark.kind}{end}")


def placed(marks: Sequence[Mark], scale: Scale) -> Iterator[tuple[Mark, int | None]]:
    """Each mark with the row of its words; None where all rows are taken."""
    free = [float(LEFT)] * MARK_ROWS
    for mark in marks:
        x, width = scale.x(mark.at), len(mark.text) * _CHARACTER + 8
        begin, end = (x - width, x) if _ends(mark, scale) else (x, x + width)
        row = next((row for row, taken in enumerate(free) if taken <= begin), None)
        if row is not None:
            free[row] = end
        yield mark, row


def _ends(mark: Mark, scale: Scale) -> str:
    """Words that would not fit to the right of their line end at it."""
    return " end" if scale.x(mark.at) + len(mark.text) * _CHARACTER + 8 > RIGHT + 28 else ""
