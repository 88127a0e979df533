"""The whole picture of a scenario as SVG text."""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from local.picture.drawing import elements
from local.picture.layout.geometry import Box
from tests.drill.events import Recording
from tests.drill.figures import figures
from tests.drill.timeline.chart import draw_errors, draw_orders
from tests.drill.timeline.marks import draw_marks, draw_windows
from tests.drill.timeline.scale import HEALTH_STEP, HEALTH_TOP, MARGIN, WIDTH, Scale, clock
from tests.drill.timeline.state import draw_health, draw_weights, draw_writer
from tests.drill.timeline.style import style_sheet

CAPTION = "recorded by make drill"


def draw(title: str, recording: Recording) -> str:
    """The picture; the same recording gives the same text."""
    height = HEALTH_TOP + len(recording.regions) * HEALTH_STEP + 14
    size = {"width": str(WIDTH), "height": str(height), "viewBox": f"0 0 {WIDTH} {height}"}
    root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size, "role": "img"})
    SubElement(root, "title").text = title
    SubElement(root, "desc").text = told(recording)
    SubElement(root, "style").text = f"\n{style_sheet()}"
    elements.rectangle(root, Box(0, 0, WIDTH, height), "page", 12)
    elements.text(root, title, MARGIN, 48, "heading")
    elements.text(root, _shown(recording), MARGIN, 76, "muted")
    elements.text(root, CAPTION, WIDTH - MARGIN, 48, "muted end")
    scale = Scale(max(1.0, recording.seconds))
    draw_windows(root, recording, scale)
    draw_orders(root, recording, scale)
    draw_errors(root, recording, scale)
    draw_writer(root, recording, scale)
    draw_weights(root, recording, scale)
    draw_health(root, recording, scale)
    draw_marks(root, recording, scale)
    indent(root)
    return tostring(root, encoding="unicode") + "\n"


def told(recording: Recording) -> str:
    """What was done, in words."""
    marks = "; ".join(f"{clock(int(mark.at))} {mark.text}" for mark in recording.marks)
    return f"{_shown(recording)}. {marks}" if marks else _shown(recording)


def _shown(recording: Recording) -> str:
    found = figures(recording)
    return (
        f"{found.accepted} of {found.begun} orders taken in {clock(int(recording.seconds))} · longest time without one "
        f"{found.pause:.1f} s · {found.refused} requests told to come back or not answered · "
        f"{found.faults} other errors of the server"
    )
