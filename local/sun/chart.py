"""The chart: each region's share of the requests, one above the other, and who writes below."""

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement

from local.picture.drawing import elements
from local.picture.layout.geometry import Box
from local.sun.day import LENGTH, Day
from local.sun.scale import CHART_HEIGHT, CHART_TOP, LEFT, RIBBON_HEIGHT, RIBBON_TOP, RIGHT, Curve, Scale, area, line
from local.sun.style import tone

_NARROW = 92
"""What is less wide has no room for words."""
_HALF = 46
_AROUND = 15
"""Of a name with its share, to each side: on the page, and in ticks."""


def draw_chart(parent: Element, day: Day, scale: Scale) -> None:
    """Shares, their axis and the hours of UTC."""
    group = SubElement(parent, "g", {"id": "traffic"})
    _axes(group, scale)
    for index, (above, below) in enumerate(_bands(day, scale)):
        elements.path(group, area(above, below), f"band {tone(index)}")
        if index < len(day.regions) - 1:
            elements.path(group, line(above), f"edge {tone(index)}")


def draw_writer(parent: Element, day: Day, scale: Scale) -> None:
    """A ribbon, and at each hand-over a line through everything."""
    group = SubElement(parent, "g", {"id": "writer"})
    names = [region.name for region in day.regions]
    elements.text(group, "the writer", LEFT - 14, RIBBON_TOP + 22, "title end")
    for writer, since, until in day.tenures:
        x, width = round(scale.x(since)), round(scale.x(until)) - round(scale.x(since))
        elements.rectangle(group, Box(x, RIBBON_TOP, width, RIBBON_HEIGHT), f"solid {tone(names.index(writer))}", 0)
        if width > _NARROW:
            elements.text(group, f"{writer} writes", x + width // 2, RIBBON_TOP + 23, "large solid-text middle")
    for moment in day.hand_overs:
        x = round(scale.x(moment.at))
        through = f"V{CHART_TOP + CHART_HEIGHT} M{x} {RIBBON_TOP - 10} V{RIBBON_TOP + RIBBON_HEIGHT}"
        elements.path(group, f"M{x} {CHART_TOP - 34} {through}", "over")
        side, place = ("end", x - 7) if x > RIGHT - _NARROW else ("", x + 7)
        elements.text(group, f"{moment.at:%H:%M}", place, CHART_TOP - 22, f"title {side}".strip())
        elements.text(group, f"{moment.writer} takes over", place, CHART_TOP - 7, f"small muted {side}".strip())


def name_bands(parent: Element, day: Day, scale: Scale) -> None:
    """Each region's name and its greatest share, over everything else."""
    group = SubElement(parent, "g", {"id": "names"})
    lines = [scale.x(moment.at) for moment in day.hand_overs]
    for region, (above, below) in zip(day.regions, _bands(day, scale), strict=True):
        shares = _shares(day, region.name)
        at = _roomiest(shares, above, lines)
        x, middle = above[at][0], (above[at][1] + below[at][1]) / 2
        elements.text(group, f"{region.name} {100 * max(shares):.0f} %", round(x), round(middle) + 6, "large middle")


def _shares(day: Day, name: str) -> list[float]:
    return [moment.weights[name] / sum(moment.weights.values()) for moment in day.moments]


def _bands(day: Day, scale: Scale) -> Iterator[tuple[Curve, Curve]]:
    """The upper and the lower edge of each region's band, from the lowest region up."""
    bottom = float(CHART_TOP + CHART_HEIGHT)
    below: Curve = [(scale.x(moment.at), bottom) for moment in day.moments] + [(RIGHT, bottom)]
    for region in day.regions:
        shares = _shares(day, region.name)
        heights = [share * CHART_HEIGHT for share in (*shares, shares[-1])]
        above = [(x, y - height) for (x, y), height in zip(below, heights, strict=True)]
        yield above, below
        below = above


def _roomiest(shares: Sequence[float], curve: Curve, lines: Sequence[float]) -> int:
    """Where the band is at its widest all along the words, which cross no line and do not leave the chart."""
    room = {
        index: min(shares[max(0, index - _AROUND) : index + _AROUND])
        for index, (x, _) in enumerate(curve)
        if LEFT + _HALF < x < RIGHT - _HALF and all(abs(x - over) > _HALF for over in lines)
    }
    roomy = [index for index, share in room.items() if share > 0.95 * max(room.values())]
    return roomy[len(roomy) // 2]


def _axes(group: Element, scale: Scale) -> None:
    elements.text(group, "requests", LEFT - 14, CHART_TOP - 22, "title end")
    for percent in (0, 25, 50, 75, 100):
        y = CHART_TOP + CHART_HEIGHT - CHART_HEIGHT * percent // 100
        elements.path(group, f"M{LEFT} {y} H{RIGHT}", "grid")
        elements.text(group, f"{percent} %", LEFT - 14, y + 4, "small muted end")
    for at in scale.hours(3):
        x = round(scale.x(at))
        hour = 24 if at - scale.start == LENGTH else at.hour
        elements.path(group, f"M{x} {CHART_TOP} V{CHART_TOP + CHART_HEIGHT + 6}", "grid")
        elements.text(group, f"{hour:02}:00", x, CHART_TOP + CHART_HEIGHT + 22, "small muted middle")
    elements.text(group, "UTC", LEFT - 26, CHART_TOP + CHART_HEIGHT + 22, "small muted end")
