"""A part as a card: its text broken into lines, and the height that follows."""

from collections.abc import Sequence
from dataclasses import dataclass

from local.picture.graph import Node
from local.picture.layout.text import width, wrap

PADDING = 12
ICON = 18
HEADER = 20
LEADING = 17
TITLE_SIZE = 15.0
TEXT_SIZE = 12.5
SMALL_SIZE = 11.5
CODE_SIZE = 12.0
ANNEX = 25
ANNEX_INSET = 10
_GAP = 8


@dataclass(frozen=True)
class Card:
    """A part, ready to be set.

    Attributes:
        lines: its prose, broken; begins with the tag if that finds no room beside the title.
        tag: what stands at the right of the title.
        axis: the y, from its upper side, at which lines meet it.
        height: with its annex.
    """

    node: Node
    width: int
    lines: tuple[str, ...]
    tag: str
    axis: int
    height: int


def room(nodes: Sequence[Node], least: int) -> int:
    """The width of a column in which no single word of the parts is cut; at least the given one."""
    return max([least, *(2 * PADDING + need for node in nodes for need in _needs(node))])


def _needs(node: Node) -> list[int]:
    words = [word for line in (*node.lines, node.tag) for word in line.split()]
    return [
        ICON + _GAP + width(node.title, TITLE_SIZE, bold=True),
        *(width(word, TEXT_SIZE) for word in words),
        *(width(line, CODE_SIZE, mono=True) for line in node.code),
        width(node.annex, SMALL_SIZE) + ANNEX_INSET,
    ]


def card(node: Node, span: int) -> Card:
    """The card of a part in a column of that width."""
    inner = span - 2 * PADDING
    taken = ICON + _GAP + width(node.title, TITLE_SIZE, bold=True)
    beside = taken + _GAP + width(node.tag, SMALL_SIZE) <= inner
    prose = node.lines if beside or not node.tag else (node.tag, *node.lines)
    lines = tuple(line for text in prose for line in wrap(text, TEXT_SIZE, inner))
    rows = len(lines) + len(node.code)
    body = 2 * PADDING + HEADER + (rows * LEADING + 4 if rows else 0) + (_GAP if node.code else 0)
    return Card(node, span, lines, node.tag if beside else "", body // 2, body + (ANNEX if node.annex else 0))
