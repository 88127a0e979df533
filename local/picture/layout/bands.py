"""What frames the columns: the stores above and below them, the jobs beside the store, and the world outside."""

from collections.abc import Sequence

from local.picture.graph import Graph, Node, Place
from local.picture.layout.cards import card
from local.picture.layout.columns import LANE, RISE, Columns
from local.picture.layout.flows import Flows, Rise
from local.picture.layout.geometry import Box, Placed

GAP = 20
OUTSIDE_WIDTH = 152


def place_bars(nodes: Sequence[Node], plan: Flows, columns: Columns, top: int, least: int = 0) -> list[Placed]:
    """The stores above or below, one below the other, each as wide as the columns that use it and at least so high."""
    placed = []
    y = top
    for node in nodes:
        left, right = _span([rise for rise in plan.rises if rise.band == node.id], columns)
        bar = card(node, right - left)
        placed.append(Placed(bar, Box(left, y, bar.width, max(bar.height, least))))
        y = placed[-1].box.bottom + GAP
    return placed


def place_jobs(graph: Graph, columns: Columns, top: int) -> list[Placed]:
    """The jobs, one below the other, under the first column."""
    placed = []
    y = top
    for node in graph.at(Place.JOB):
        job = card(node, columns.widths[Place.EDGE])
        placed.append(Placed(job, Box(columns.left[Place.EDGE], y, job.width, job.height)))
        y = placed[-1].box.bottom + GAP
    return placed


def place_outside(graph: Graph, plan: Flows, columns: Columns, top: int) -> list[Placed]:
    """What is outside, in one row, each above the first column that deals with it or as near as the others let it."""
    columns_of = {rise.band: rise.column for rise in reversed(plan.rises)}
    nodes = sorted(graph.at(Place.OUTSIDE), key=lambda node: columns_of[node.id])
    cards = [card(node, OUTSIDE_WIDTH) for node in nodes]
    height = max((outside.height for outside in cards), default=0)
    placed: list[Placed] = []
    for outside in cards:
        column = columns_of[outside.node.id]
        wish = columns.left[column] + (columns.widths[column] - OUTSIDE_WIDTH) // 2
        nearest = placed[-1].box.right + GAP if placed else 0
        placed.append(Placed(outside, Box(max(wish, nearest), top, OUTSIDE_WIDTH, height)))
    return placed


def _span(rises: Sequence[Rise], columns: Columns) -> tuple[int, int]:
    used = [rise.column for rise in rises] or list(columns.left)
    last = max(used)
    buses = [x for (column, bundle), x in columns.lanes.items() if column == last and bundle[0] == RISE]
    edge = max(buses) + LANE if buses else columns.left[last] + columns.widths[last]
    return columns.left[min(used)], edge
