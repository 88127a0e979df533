"""How far right everything stands: the columns, and in each channel between them a lane for every bundle of lines."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from local.picture.graph import COLUMNS, Graph, Place
from local.picture.layout.cards import SMALL_SIZE, room
from local.picture.layout.flows import Flows, Hop, Rise
from local.picture.layout.ports import Ports
from local.picture.layout.rows import Axes
from local.picture.layout.text import width

LEAST: Mapping[Place, int] = {
    Place.EDGE: 150,
    Place.WEB: 160,
    Place.SENDER: 150,
    Place.QUEUE: 150,
    Place.WORKER: 178,
    Place.MAIL: 150,
}
"""The widths of the columns, unless a word needs more."""

FIRST_LANE = 26
LANE = 14
ARROW = 18
"""What a line needs between its last turn and the card, so that the arrowhead has a shaft."""

CHANNEL = 34
"""The least room between two columns."""

Bundle = tuple[str, ...]
RISE = "rise"


@dataclass(frozen=True)
class Columns:
    """The x of everything.

    Attributes:
        left: where each column begins.
        widths: the width of its cards; one without cards has none.
        right: where the last one and its channel end.
        lanes: the x of each bundle's vertical line, by channel; a bundle without one is straight.
    """

    left: dict[Place, int]
    widths: dict[Place, int]
    right: int
    lanes: dict[tuple[Place, Bundle], int]


def hop_bundle(hop: Hop) -> Bundle:
    """What leaves one card in one channel is one bundle."""
    return ("hop", hop.edge.source)


def rise_bundle(rise: Rise) -> Bundle:
    """What leads from one column to one store is one bundle."""
    return (RISE, rise.band)


def columns(graph: Graph, plan: Flows, ports: Ports, axes: Axes, left: int) -> Columns:
    """Places the columns, beginning at that x; one without parts takes no room."""
    widths = {column: room(graph.at(column), LEAST[column]) if graph.at(column) else 0 for column in COLUMNS}
    starts: dict[Place, int] = {}
    lanes: dict[tuple[Place, Bundle], int] = {}
    x = left
    for column in COLUMNS:
        starts[column] = x
        x += widths[column]
        bundles = _bundles(column, plan, ports, axes)
        for index, bundle in enumerate(bundles):
            lanes[column, bundle] = x + FIRST_LANE + LANE * index
        x += _channel(column, len(bundles), graph, plan)
    return Columns(starts, widths, x, lanes)


def _channel(column: Place, bundles: int, graph: Graph, plan: Flows) -> int:
    """Its width: room for the lanes, then for labels and arrowheads."""
    labels = [_label(hop) for hop in plan.hops if hop.channel == column]
    last = column == max(place for place in COLUMNS if graph.at(place))
    if not graph.at(column) or (last and not bundles):
        return 0
    return max(CHANNEL, (FIRST_LANE + LANE * (bundles - 1) if bundles else 0) + max(labels, default=0) + ARROW)


def _label(hop: Hop) -> int:
    return width(hop.edge.label, SMALL_SIZE) if hop.edge.label else 0


def _bundles(channel: Place, plan: Flows, ports: Ports, axes: Axes) -> list[Bundle]:
    """The bundles that need a lane, from left to right in the order in which they cross each other least."""
    buses = [rise for rise in plan.rises if rise.column == channel and not rise.straight]
    groups: dict[Bundle, list[tuple[int, int]]] = defaultdict(list)
    for hop in (hop for hop in plan.hops if hop.channel == channel):
        ends = axes[hop.left] + ports.at(hop.left, hop), axes[hop.right] + ports.at(hop.right, hop)
        groups[hop_bundle(hop)].append(ends)
    bent = {bundle: ends for bundle, ends in groups.items() if any(left != right for left, right in ends)}
    ordered = sorted(bent, key=lambda bundle: _turn(bent[bundle]))
    return [*(rise_bundle(rise) for rise in sorted(buses, key=lambda rise: not rise.up)), *ordered]


def _turn(ends: list[tuple[int, int]]) -> tuple[bool, int]:
    """Of those that go up, the highest turns first; of those that go down, the lowest."""
    start = ends[0][0]
    down = sum(right - left for left, right in ends) > 0
    return down, -start if down else start
