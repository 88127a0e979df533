"""Below the chart: who writes, what the records weigh, and what the health checks stand at."""

from collections.abc import Hashable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar
from xml.etree.ElementTree import Element, SubElement

from local.picture.drawing import elements
from local.picture.layout.geometry import Box
from local.sun.style import tone
from tests.drill.events import Recording, Sight
from tests.drill.timeline.scale import (
    HEALTH_HEIGHT,
    HEALTH_STEP,
    HEALTH_TOP,
    LEFT,
    RIGHT,
    WEIGHTS_HEIGHT,
    WEIGHTS_TOP,
    WRITER_HEIGHT,
    WRITER_TOP,
    Scale,
)

_NARROW = 92
"""What is less wide has no room for words."""
_LEAST = 1.5
"""Of a stretch that lasted for an instant and matters nevertheless."""
V = TypeVar("V", bound=Hashable)


def draw_writer(parent: Element, recording: Recording, scale: Scale) -> None:
    """A ribbon in the colour of the region that writes; grey while none does, red while two would."""
    group = SubElement(parent, "g", {"id": "writer"})
    elements.text(group, "who writes", LEFT - 14, WRITER_TOP + 20, "title end")
    for writers, since, until in stretches([(one.at, one.writers) for one in recording.sights], recording.seconds):
        words, paint, ink = _writes(writers, recording.regions)
        box = _box(scale, since, until, WRITER_TOP, WRITER_HEIGHT)
        elements.rectangle(group, box, paint, 0)
        if box.width > _NARROW:
            elements.text(group, words, box.x + box.width // 2, WRITER_TOP + 20, f"{ink} title middle")


def draw_weights(parent: Element, recording: Recording, scale: Scale) -> None:
    """Each region's share of all weights."""
    group = SubElement(parent, "g", {"id": "weights"})
    elements.text(group, "weights", LEFT - 14, WEIGHTS_TOP + 12, "title end")
    for percent in (0, 50, 100):
        y = WEIGHTS_TOP + WEIGHTS_HEIGHT - WEIGHTS_HEIGHT * percent // 100
        elements.path(group, f"M{LEFT} {y} H{RIGHT}", "grid")
        elements.text(group, f"{percent} %", RIGHT + 6, y + 4, "small muted")
    for index, region in enumerate(recording.regions):
        if told := [sight for sight in recording.sights if sum(sight.weights.values())]:
            elements.path(group, _steps(told, region, recording.seconds, scale), f"line edge {tone(index)}")
        elements.text(group, region, LEFT - 14, WEIGHTS_TOP + 30 + 16 * index, "small muted end")
        elements.rectangle(group, Box(LEFT - 10, WEIGHTS_TOP + 21 + 16 * index, 6, 9), f"solid {tone(index)}", 2)


def draw_health(parent: Element, recording: Recording, scale: Scale) -> None:
    """A strip for each region: in its colour while its check finds it well, red while it does not."""
    group = SubElement(parent, "g", {"id": "health"})
    for index, region in enumerate(recording.regions):
        top = HEALTH_TOP + index * HEALTH_STEP
        elements.text(group, f"{region} answers", LEFT - 14, top + 11, "small muted end")
        told = [(sight.at, sight.health.get(region)) for sight in recording.sights]
        for well, since, until in stretches(told, recording.seconds):
            paint = {True: f"band {tone(index)}", False: "sick", None: "none"}[well]
            elements.rectangle(group, _box(scale, since, until, top, HEALTH_HEIGHT), paint, 0)


def stretches(told: Sequence[tuple[float, V]], end: float) -> Iterator[tuple[V, float, float]]:
    """From when to when each value held; what was seen first held from the beginning."""
    turns = [(at, value) for number, (at, value) in enumerate(told) if number == 0 or told[number - 1][1] != value]
    if turns:
        turns[0] = (0.0, turns[0][1])
    for (since, value), (until, _) in pairwise([*turns, (end, None)]):
        yield value, since, until  # type: ignore[misc] # the last pair's second value is never the first of one


def _writes(writers: tuple[str, ...], regions: tuple[str, ...]) -> tuple[str, str, str]:
    if not writers:
        return "nobody", "none", "muted"
    if len(writers) > 1:
        return "two would write", "two", "two-text"
    return f"{writers[0]} writes", f"solid {tone(regions.index(writers[0]))}", "solid-text"


def _box(scale: Scale, since: float, until: float, top: int, height: int) -> Box:
    x = round(scale.x(since))
    return Box(x, top, max(round(_LEAST), round(scale.x(until)) - x), height)


def _steps(sights: Sequence[Sight], region: str, end: float, scale: Scale) -> str:
    """A path that stays until it changes."""

    def y(sight: Sight) -> float:
        share = sight.weights.get(region, 0) / sum(sight.weights.values())
        return WEIGHTS_TOP + WEIGHTS_HEIGHT * (1 - share)

    data, last = f"M{LEFT} {y(sights[0]):.1f}", y(sights[0])
    for sight in sights:
        if y(sight) != last:
            last = y(sight)
            data += f" H{scale.x(sight.at):.1f} V{last:.1f}"
    return f"{data} H{scale.x(end):.1f}"
