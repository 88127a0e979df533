"""The whole picture of a day as SVG text."""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from local.picture.drawing import elements
from local.picture.layout.geometry import Box
from local.sun.chart import draw_chart, draw_writer, name_bands
from local.sun.clocks import draw_clocks
from local.sun.day import Day
from local.sun.scale import MARGIN, STRIP_STEP, STRIPS_TOP, WIDTH, Scale
from local.sun.style import style_sheet

CAPTION = "drawn from the schedule by make sun"
_SHOWN = "shares of the requests · who writes to the database · how busy people are, by their own clocks"


def draw(day: Day) -> str:
    """The picture; the same day and regions give the same text."""
    height = STRIPS_TOP + len(day.regions) * STRIP_STEP + 8
    size = {"width": str(WIDTH), "height": str(height), "viewBox": f"0 0 {WIDTH} {height}"}
    root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size, "role": "img"})
    title = f"Follow the sun · {day.start.day} {day.start:%B %Y}"
    SubElement(root, "title").text = title
    SubElement(root, "desc").text = told(day)
    SubElement(root, "style").text = f"\n{style_sheet()}"
    elements.rectangle(root, Box(0, 0, WIDTH, height), "page", 12)
    elements.text(root, title, MARGIN, 48, "heading")
    elements.text(root, _SHOWN, MARGIN, 74, "muted")
    elements.text(root, CAPTION, WIDTH - MARGIN, 48, "muted end")
    scale = Scale(day.start)
    draw_chart(root, day, scale)
    draw_writer(root, day, scale)
    name_bands(root, day, scale)
    draw_clocks(root, day, scale)
    indent(root)
    return tostring(root, encoding="unicode") + "\n"


def told(day: Day) -> str:
    """The day's hand-overs in words."""
    names = ", ".join(region.name for region in day.regions)
    moves = "; ".join(f"{moment.at:%H:%M} UTC {moment.writer} takes over" for moment in day.hand_overs)
    first = f"{names}: at 00:00 UTC {day.moments[0].writer} writes"
    return f"{first}; {moves}" if moves else first
