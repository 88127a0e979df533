"""The regions' own days: how busy their people are, by their own clocks."""

from datetime import datetime, timedelta
from xml.etree.ElementTree import Element, SubElement

from local.picture.drawing import elements
from local.sun.day import Change, Day
from local.sun.scale import LEFT, RIGHT, STRIP_HEIGHT, STRIP_STEP, STRIPS_TOP, Scale, area, line
from local.sun.style import tone
from services.sun.schedule.activity import activity
from services.sun.schedule.regions import Region

_STEP = timedelta(minutes=10)
_ROOM = 16
"""To both ends, for the words of an hour."""


def draw_clocks(parent: Element, day: Day, scale: Scale) -> None:
    """A strip for each region."""
    changes = {change.region: change for change in day.changes}
    for index, region in enumerate(day.regions):
        group = SubElement(parent, "g", {"id": f"clock-{region.name}"})
        top = STRIPS_TOP + index * STRIP_STEP
        _busy(group, region, top, tone(index), scale)
        elements.text(group, region.name, LEFT - 14, top + 22, "title end")
        elements.text(group, _city(region), LEFT - 14, top + 38, "small muted end")
        _hours(group, region, top, scale)
        if region.name in changes:
            _change(group, changes[region.name], top, scale)


def _busy(group: Element, region: Region, top: int, colour: str, scale: Scale) -> None:
    times = [scale.start + number * _STEP for number in range(6 * 24 + 1)]
    bottom = top + STRIP_HEIGHT
    upper = [(scale.x(at), bottom - STRIP_HEIGHT * activity(region, at)) for at in times]
    elements.path(group, area(upper, [(LEFT, bottom), (RIGHT, bottom)]), f"band {colour}")
    elements.path(group, line(upper), f"edge {colour}")
    elements.path(group, f"M{LEFT} {bottom} H{RIGHT}", "grid")


def _hours(group: Element, region: Region, top: int, scale: Scale) -> None:
    for at in (scale.start + number * timedelta(minutes=15) for number in range(4 * 24 + 1)):
        local, x = at.astimezone(region.zone), round(scale.x(at))
        if local.minute == 0 and local.hour % 3 == 0 and LEFT + _ROOM <= x <= RIGHT - _ROOM:
            elements.path(group, f"M{x} {top + STRIP_HEIGHT} v5", "grid")
            elements.text(group, f"{local:%H:%M}", x, top + STRIP_HEIGHT + 18, "small muted middle")


def _change(group: Element, change: Change, top: int, scale: Scale) -> None:
    x, hours = round(scale.x(change.at)), change.by / timedelta(hours=1)
    side, place = ("end", x - 6) if x > (LEFT + RIGHT) // 2 else ("", x + 6)
    elements.path(group, f"M{x} {top} v{STRIP_HEIGHT}", "over")
    elements.text(group, f"clocks {hours:+g} h", place, top + 14, f"small prose {side}".strip())


def _city(region: Region) -> str:
    return region.zone.key.rpartition("/")[2].replace("_", " ")


def clock(region: Region, at: datetime) -> str:
    """What a region's clock shows."""
    return f"{at.astimezone(region.zone):%H:%M}"
