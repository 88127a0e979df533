"""The layout of a whole region."""

from collections.abc import Sequence
from itertools import chain

from local.picture.graph import COLUMNS, Graph, Place
from local.picture.layout import bands
from local.picture.layout.cards import Card, card, room
from local.picture.layout.columns import LEAST, columns
from local.picture.layout.flows import flows
from local.picture.layout.geometry import Box, Drawing, Placed
from local.picture.layout.lines import Lines
from local.picture.layout.ports import ports
from local.picture.layout.rows import Rows

MARGIN = 20
INSET = 20
BETWEEN = 42
"""Between the columns and what frames them."""

FOOT = 34
"""Room for the region's name at the frame's lower side."""


def arrange(graph: Graph, top: int) -> Drawing:
    """Gives everything of the graph its place, the first card of the world outside at that y."""
    plan = flows(graph)
    cards = {node.id: card(node, room(graph.at(place), LEAST[place])) for place in COLUMNS for node in graph.at(place)}
    at = ports(plan)
    axes = Rows(graph, cards, plan, at).axes()
    across = columns(graph, plan, at, axes, MARGIN + INSET)

    outside = bands.place_outside(graph, plan, across, top)
    frame_top = _bottom(outside, top) + BETWEEN
    above = bands.place_bars(graph.at(Place.ABOVE), plan, across, frame_top + INSET)
    rows_top = _bottom(above, frame_top) + BETWEEN
    inside = [
        Placed(cards[node.id], _box(cards[node.id], across.left[place], rows_top + axes[node.id]))
        for place in COLUMNS
        for node in graph.at(place)
    ]
    below_top = _bottom(inside, rows_top) + BETWEEN
    jobs = bands.place_jobs(graph, across, below_top)
    below = bands.place_bars(graph.at(Place.BELOW), plan, across, below_top, _bottom(jobs, below_top) - below_top)
    bottom = _bottom([*jobs, *below], below_top) + FOOT

    placed = [*outside, *above, *inside, *jobs, *below]
    boxes = {place.card.node.id: place.box for place in placed}
    lowered = {stop: axis + rows_top for stop, axis in axes.items()}
    drawn = Lines(graph, plan, at, lowered, across, boxes).bundles()
    return Drawing(
        Box(MARGIN, frame_top, across.right + INSET - MARGIN, bottom - frame_top),
        tuple(placed),
        tuple(lines for lines, _ in drawn),
        tuple(chain.from_iterable(labels for _, labels in drawn)),
    )


def _box(set_card: Card, left: int, axis: int) -> Box:
    return Box(left, axis - set_card.axis, set_card.width, set_card.height)


def _bottom(placed: Sequence[Placed], otherwise: int) -> int:
    return max((place.box.bottom for place in placed), default=otherwise)
