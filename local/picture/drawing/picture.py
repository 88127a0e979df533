"""The whole picture as SVG text."""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from local.picture.drawing import elements
from local.picture.drawing.card import draw_card
from local.picture.drawing.legend import draw_legend, legend_height
from local.picture.drawing.palette import style_sheet
from local.picture.graph import Graph
from local.picture.layout.arrange import MARGIN, arrange
from local.picture.layout.geometry import Box, Drawing, Line

CAPTION = "drawn from the model by make picture"

_TOP = 74
_HEADING_AT = 46
_FOOT = 16


def draw(graph: Graph) -> str:
    """The picture of a region; the same graph gives the same text."""
    drawing = arrange(graph, _TOP)
    frame = drawing.frame
    legend = Box(frame.x, frame.bottom + 22, frame.width, legend_height(graph))
    page = Box(0, 0, frame.right + MARGIN, legend.bottom + _FOOT)
    root = _root(graph, page)
    elements.rectangle(root, Box(0, 0, page.width, page.height), "page", 12)
    elements.text(root, graph.title, frame.x, _HEADING_AT, "heading")
    elements.text(root, CAPTION, frame.right, _HEADING_AT, "muted end")
    elements.rectangle(root, frame, "region", 12)
    elements.text(root, graph.region, frame.x + 16, frame.bottom - 12, "small muted")
    _draw_lines(root, drawing)
    for placed in drawing.placed:
        draw_card(root, placed)
    for label in drawing.labels:
        elements.text(root, label.text, label.x, label.y, f"small muted{' middle' if label.centred else ''}")
    draw_legend(root, graph, legend)
    indent(root)
    return tostring(root, encoding="unicode") + "\n"


def _root(graph: Graph, page: Box) -> Element:
    size = {"width": str(page.width), "height": str(page.height), "viewBox": f"0 0 {page.width} {page.height}"}
    root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size, "role": "img"})
    SubElement(root, "title").text = graph.title
    names = {node.id: f"{node.kind} {node.title}" for node in graph.nodes}
    told = [f"{names[edge.source]} to {names[edge.target]}" for edge in graph.edges]
    SubElement(root, "desc").text = "; ".join(told)
    SubElement(root, "style").text = f"\n{style_sheet()}"
    return root


def _draw_lines(root: Element, drawing: Drawing) -> None:
    """Later bundles cross earlier ones with a gap on both sides, as a bridge does."""
    group = SubElement(root, "g", {"id": "lines"})
    frame = drawing.frame
    for bundle in drawing.bundles:
        inside = [line for line in bundle if all(frame.y < y < frame.bottom for _, y in line.points)]
        if inside:
            elements.path(group, elements.way(inside), "halo")
        elements.path(group, elements.way(bundle), _classes("line", bundle[0]))
        for line in bundle:
            for head in elements.heads(line):
                elements.path(group, head, _classes("head", line))


def _classes(name: str, line: Line) -> str:
    return f"{name} {line.kind}" if line.kind else name
