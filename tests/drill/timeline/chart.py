"""Orders a second by region, one above the other, and below them what was answered otherwise."""

from collections import Counter
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from local.picture.drawing import elements
from local.sun.style import tone
from tests.drill.events import ACCEPTED, Recording
from tests.drill.timeline.scale import (
    CHART_HEIGHT,
    CHART_TOP,
    ERRORS_HEIGHT,
    ERRORS_TOP,
    LEFT,
    RIGHT,
    Scale,
    clock,
)


def draw_orders(parent: Element, recording: Recording, scale: Scale) -> None:
    """A column for each second or few, with what each region has accepted; grey where no front told who did."""
    group = SubElement(parent, "g", {"id": "orders"})
    counts = [_counted(taken, scale) for taken in _taken(recording)]
    top = _round_up(max((sum(column) for column in zip(*counts, strict=True)), default=0) / scale.column)
    _axes(group, top, scale)
    bottoms = [0] * scale.columns
    for index, column in enumerate(counts):
        classes = f"column solid {tone(index)}" if index < len(recording.regions) else "column unknown"
        height = CHART_HEIGHT / (top * scale.column)
        elements.path(group, _columns(column, bottoms, CHART_TOP + CHART_HEIGHT, height, scale), classes)
        bottoms = [below + more for below, more in zip(bottoms, column, strict=True)]


def draw_errors(parent: Element, recording: Recording, scale: Scale) -> None:
    """How many requests a second were told to come back, or got no answer; downwards."""
    group = SubElement(parent, "g", {"id": "errors"})
    counts = Counter(_column(one.answered, scale) for one in recording.attempts if not one.accepted)
    column = [counts[number] for number in range(scale.columns)]
    elements.text(group, "not taken", LEFT - 14, ERRORS_TOP + 12, "title end")
    worst = max(column)
    elements.path(group, f"M{LEFT} {ERRORS_TOP} H{RIGHT}", "grid")
    if worst:
        told = f"{worst / scale.column:.0f} a second at worst"
        elements.text(group, told, LEFT - 14, ERRORS_TOP + 28, "small muted end")
        elements.path(
            group, _columns(column, [0] * len(column), ERRORS_TOP, -ERRORS_HEIGHT / worst, scale), "column error"
        )


def _taken(recording: Recording) -> list[list[float]]:
    """When each region has accepted an order, and in the end, when it is not known which has."""
    if not recording.served:
        nobody: list[list[float]] = [[] for _ in recording.regions]
        return [*nobody, [one.answered for one in recording.attempts if one.accepted]]
    return [
        [one.at for one in recording.served if one.status in ACCEPTED and one.region == region]
        for region in (*recording.regions, None)
    ]


def _counted(times: Sequence[float], scale: Scale) -> list[int]:
    """How many of them, by column."""
    counts = Counter(_column(at, scale) for at in times)
    return [counts[number] for number in range(scale.columns)]


def _column(at: float, scale: Scale) -> int:
    return min(scale.columns - 1, int(at / scale.column))


def _columns(counts: Sequence[int], bottoms: Sequence[int], zero: int, height: float, scale: Scale) -> str:
    """One path for all of a colour."""
    parts = []
    for number, (count, bottom) in enumerate(zip(counts, bottoms, strict=True)):
        if count:
            left, right = scale.x(number * scale.column), scale.x((number + 1) * scale.column)
            y = zero - bottom * height
            parts.append(f"M{left:.1f} {y:.1f} V{y - count * height:.1f} H{right - 0.6:.1f} V{y:.1f}z")
    return " ".join(parts)


def _axes(group: Element, top: int, scale: Scale) -> None:
    elements.text(group, "orders a second", LEFT - 14, CHART_TOP - 8, "title end")
    for value in sorted({0, top // 2, top}):
        y = round(CHART_TOP + CHART_HEIGHT - CHART_HEIGHT * value / top)
        elements.path(group, f"M{LEFT} {y} H{RIGHT}", "grid")
        elements.text(group, str(value), LEFT - 14, y + 4, "small muted end")
    for at in scale.times:
        x, foot = round(scale.x(at)), ERRORS_TOP + ERRORS_HEIGHT
        elements.path(group, f"M{x} {CHART_TOP} V{foot + 4}", "grid")
        elements.text(group, clock(at), x, foot + 18, "small muted middle")


def _round_up(rate: float) -> int:
    return next((step for step in (2, 4, 6, 8, 10, 16, 20, 30, 40, 60, 80, 100, 200, 400) if rate <= step), 1000)
