"""One card as SVG."""

from xml.etree.ElementTree import Element, SubElement

from local.picture.drawing import elements
from local.picture.drawing.icons import ICONS
from local.picture.layout.cards import ANNEX, ANNEX_INSET, HEADER, LEADING, PADDING
from local.picture.layout.geometry import Box, Placed

_BASE = 14
_TITLE_AT = 26
_RADIUS = 8


def draw_card(parent: Element, placed: Placed) -> None:
    """Draws the card into a group that is named after its part."""
    card, box = placed.card, placed.box
    node = card.node
    group = SubElement(parent, "g", {"id": node.id})
    if node.annex:
        _annex(group, placed)
    elements.rectangle(group, Box(box.x, box.y, box.width, _body(placed)), f"card {node.kind}", _RADIUS)
    x, y = box.x + PADDING, box.y + PADDING + (box.height - card.height) // 2
    elements.path(group, ICONS[node.kind], f"icon {node.kind}", (x, y))
    elements.text(group, node.title, x + _TITLE_AT, y + _BASE, "title")
    if card.tag:
        elements.text(group, card.tag, box.right - PADDING, y + _BASE, "small muted end")
    y += HEADER + 4
    for line in card.lines:
        elements.text(group, line, x, y + _BASE, "muted")
        y += LEADING
    y += 8 if node.code else 0
    for line in node.code:
        elements.text(group, line, x, y + _BASE, "code")
        y += LEADING


def _body(placed: Placed) -> int:
    return placed.box.height - (ANNEX if placed.card.node.annex else 0)


def _annex(group: Element, placed: Placed) -> None:
    """The dead-letter queue, as if it came out from under the card."""
    box = placed.box
    top = box.y + _body(placed) - _RADIUS
    shape = Box(box.x + ANNEX_INSET, top, box.width - 2 * ANNEX_INSET, ANNEX + _RADIUS)
    elements.rectangle(group, shape, "annex", 5)
    elements.text(group, placed.card.node.annex, box.centre, box.bottom - 8, "small dead middle")
