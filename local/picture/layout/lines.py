"""The lines between parts, with their labels."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from local.picture.graph import Edge, Graph, Heads, Kind
from local.picture.layout.cards import SMALL_SIZE
from local.picture.layout.columns import ARROW, Columns, hop_bundle, rise_bundle
from local.picture.layout.flows import Flows, Hop, Rise
from local.picture.layout.geometry import Box, Label, Line, Point
from local.picture.layout.ports import Ports
from local.picture.layout.rows import Axes
from local.picture.layout.text import width

SPREAD = 24
"""Between two lines at the upper or lower side of one card."""

_BESIDE = 7
_ABOVE = 6
_TO_BAND = 20
_LETTER = 4
_STORES = (Kind.BUCKET, Kind.DATABASE)

Bundle = tuple[Line, ...]


@dataclass(frozen=True)
class Lines:
    """Draws the lines of a plan between boxes."""

    graph: Graph
    plan: Flows
    ports: Ports
    axes: Axes
    columns: Columns
    boxes: Mapping[str, Box]

    def bundles(self) -> list[tuple[Bundle, tuple[Label, ...]]]:
        """Every bundle of lines with its labels."""
        flowing = [self._flow(source) for source in dict.fromkeys(hop.edge.source for hop in self.plan.hops)]
        within = [self._within(edge) for edge in self.plan.inner]
        beside = [self._job(edge) for edge in self.plan.jobs]
        rising = [self._band(band) for band in dict.fromkeys(rise.band for rise in self.plan.rises)]
        return [*rising, *flowing, *within, *beside]

    def _flow(self, source: str) -> tuple[Bundle, tuple[Label, ...]]:
        ways: dict[Edge, list[Hop]] = defaultdict(list)
        for hop in self.plan.hops:
            if hop.edge.source == source:
                ways[hop.edge].append(hop)
        points = {edge: self._points(edge, hops) for edge, hops in ways.items()}
        highest = min((edge for edge in ways if edge.label), key=lambda edge: points[edge][-1][1], default=None)
        labels: tuple[Label, ...] = ()
        if highest:
            (x, _), (end, y) = points[highest][-2:]
            # Behind the last lane of the channel there is room for it: no other line turns there.
            last_lane = end - ARROW - width(highest.label, SMALL_SIZE)
            labels = (Label(highest.label, (max(x, last_lane) + end) // 2 - _LETTER, y - _ABOVE, centred=True),)
        return tuple(_line(edge, found) for edge, found in points.items()), labels

    def _points(self, edge: Edge, hops: list[Hop]) -> tuple[Point, ...]:
        points: list[Point] = []
        for hop in sorted(hops, key=lambda hop: hop.channel):
            left = self.axes[hop.left] + self.ports.at(hop.left, hop)
            right = self.axes[hop.right] + self.ports.at(hop.right, hop)
            if not points:
                points.append((self.boxes[str(hop.left)].right, left))
            if left != right:
                lane = self.columns.lanes[hop.channel, hop_bundle(hop)]
                points += [(lane, left), (lane, right)]
        points.append((self.boxes[str(hop.right)].x, right))
        return tuple(points if edge.source == hops[0].left else reversed(points))

    def _band(self, band: str) -> tuple[Bundle, tuple[Label, ...]]:
        """All that leads to one part above or below; what comes from several columns may meet before it."""
        drawn = [self._rise(rise) for rise in self.plan.rises if rise.band == band]
        labels = dict.fromkeys(label for _, found in drawn for label in found)
        return tuple(line for lines, _ in drawn for line in lines), tuple(labels)

    def _rise(self, rise: Rise) -> tuple[Bundle, tuple[Label, ...]]:
        band = self.boxes[rise.band]
        edge_of_band = band.bottom if rise.up else band.y
        kind = next(node.kind for node in self.graph.nodes if node.id == rise.band)
        lines = []
        for edge in rise.edges:
            start = self._straight(rise) if rise.straight else self._bus(rise, edge)
            x = start[-1][0]
            near = edge_of_band + (_TO_BAND if rise.up else -_TO_BAND)
            jog = [] if band.x < x < band.right else [(x, near), (band.centre, near)]
            end = (jog[-1][0] if jog else x, edge_of_band)
            points = (*start, *jog, end)
            writes = edge.target == rise.band
            line = _line(edge, points if writes else points[::-1], kind)
            lines.append(replace(line, joins=line.end and writes and not rise.straight))
        x = end[0] + _BESIDE
        y = edge_of_band + (_TO_BAND - _LETTER if rise.up else 2 * _LETTER - _TO_BAND)
        label = rise.edges[0].label
        return tuple(lines), (Label(label, x, y),) if label else ()

    def _straight(self, rise: Rise) -> list[Point]:
        card = rise.user(rise.edges[0])
        box = self.boxes[card]
        others = [
            other
            for other in self.plan.rises
            if other.straight and other.up is rise.up and other.user(other.edges[0]) == card
        ]
        offset = (2 * others.index(rise) - len(others) + 1) * SPREAD // 2
        return [(box.centre + offset, box.y if rise.up else box.bottom)]

    def _bus(self, rise: Rise, edge: Edge) -> list[Point]:
        card = rise.user(edge)
        y = self.axes[card] + self.ports.of_bus(card, rise.band)
        lane = self.columns.lanes[rise.column, rise_bundle(rise)]
        return [(self.boxes[card].right, y), (lane, y)]

    def _within(self, edge: Edge) -> tuple[Bundle, tuple[Label, ...]]:
        source, target = self.boxes[edge.source], self.boxes[edge.target]
        down = source.y < target.y
        start = (source.centre, source.bottom if down else source.y)
        end = (source.centre, target.y if down else target.bottom)
        label = Label(edge.label, source.centre + _BESIDE, (start[1] + end[1]) // 2 + _LETTER)
        return (_line(edge, (start, end)),), (label,) if edge.label else ()

    def _job(self, edge: Edge) -> tuple[Bundle, tuple[Label, ...]]:
        job, store = (self.boxes[edge.source], self.boxes[edge.target])
        y = min(max(job.y + job.height // 2, store.y + _TO_BAND), store.bottom - _TO_BAND)
        kind = next(node.kind for node in self.graph.nodes if node.id == edge.target)
        return (_line(edge, ((job.right, y), (store.x, y)), kind),), ()


def _line(edge: Edge, points: tuple[Point, ...], kind: Kind | None = None) -> Line:
    colour = kind if kind in _STORES else None
    return Line(points, colour, edge.heads is Heads.BOTH, edge.heads is not Heads.NONE)
