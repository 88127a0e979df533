"""Which way each edge takes: from column to column through the channels, or up and down to what frames the columns."""

from collections import defaultdict
from dataclasses import dataclass

from local.picture.errors import PictureError
from local.picture.graph import COLUMNS, Edge, Graph, Place


@dataclass(frozen=True)
class Passage:
    """Where an edge crosses a column in which it does not end."""

    edge: Edge
    column: Place


Stop = str | Passage


@dataclass(frozen=True)
class Hop:
    """One channel's share of an edge; the channel is named by the column on its left."""

    edge: Edge
    channel: Place
    left: Stop
    right: Stop


@dataclass(frozen=True)
class Rise:
    """What leads from the parts of one column to one part above or below all columns.

    Attributes:
        straight: whether it is one vertical line; otherwise it is a bus in the channel at the right of the column.
    """

    column: Place
    band: str
    up: bool
    edges: tuple[Edge, ...]
    straight: bool

    def user(self, edge: Edge) -> str:
        """The end of the edge that stands in the column."""
        return edge.source if edge.target == self.band else edge.target


@dataclass(frozen=True)
class Flows:
    """All edges of a graph by their ways."""

    hops: tuple[Hop, ...]
    rises: tuple[Rise, ...]
    inner: tuple[Edge, ...]
    jobs: tuple[Edge, ...]


def flows(graph: Graph) -> Flows:
    """Sorts the edges of the graph by the way that each takes.

    Raises:
        PictureError: an edge joins places between which there is no way.
    """
    places = {node.id: node.place for node in graph.nodes}
    hops: list[Hop] = []
    inner: list[Edge] = []
    jobs: list[Edge] = []
    rising: dict[tuple[Place, str], list[Edge]] = defaultdict(list)
    for edge in graph.edges:
        source, target = places[edge.source], places[edge.target]
        if (source, target) == (Place.JOB, Place.BELOW):
            jobs.append(edge)
        elif source in COLUMNS and target in COLUMNS:
            if source == target:
                inner.append(edge)
            else:
                hops.extend(_hops(edge, source, target))
        elif (source in COLUMNS) is not (target in COLUMNS) and Place.JOB not in (source, target):
            rising[(source, edge.target) if source in COLUMNS else (target, edge.source)].append(edge)
        else:
            raise PictureError(f"the picture has no way from {edge.source} to {edge.target}: teach {__name__} one")
    rises = tuple(_rise(graph, column, band, tuple(edges)) for (column, band), edges in rising.items())
    return Flows(tuple(hops), rises, tuple(inner), tuple(jobs))


def _hops(edge: Edge, source: Place, target: Place) -> list[Hop]:
    first, last = min(source, target), max(source, target)
    left_end, right_end = (edge.source, edge.target) if source < target else (edge.target, edge.source)
    between = [Passage(edge, column) for column in COLUMNS if first < column < last]
    stops: list[Stop] = [left_end, *between, right_end]
    return [Hop(edge, Place(first + index), stops[index], stops[index + 1]) for index in range(len(stops) - 1)]


def _rise(graph: Graph, column: Place, band: str, edges: tuple[Edge, ...]) -> Rise:
    place = next(node.place for node in graph.nodes if node.id == band)
    up = place is not Place.BELOW
    cards = [node.id for node in graph.at(column)]
    outermost = cards[0] if up else cards[-1]
    straight = len(edges) == 1 and outermost in (edges[0].source, edges[0].target)
    return Rise(column, band, up, edges, straight)
