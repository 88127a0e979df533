"""How high everything in the columns stands: the queues are stacked, the others are put beside what they talk to."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from statistics import median_low

from local.picture.graph import COLUMNS, Graph, Place
from local.picture.layout.cards import Card
from local.picture.layout.flows import Flows, Hop, Passage, Stop
from local.picture.layout.ports import Ports

GAP = 26
INNER_GAP = 40
"""Between two cards of a column that an edge joins."""

_PASSAGE = (8, 8)

Axes = dict[Stop, int]
Choice = Callable[[Iterable[int]], int]


@dataclass(frozen=True)
class Rows:
    """What decides how high things stand."""

    graph: Graph
    cards: Mapping[str, Card]
    plan: Flows
    ports: Ports

    def axes(self) -> Axes:
        """The y of every stop's axis; the highest card begins at 0."""
        axes = self._spine()
        for column in COLUMNS[Place.QUEUE + 1 :]:
            # A receiver stands beside the first of its queues, so that the main way is a straight line.
            axes |= self._beside(column, axes, min)
        for column in reversed(COLUMNS[: Place.QUEUE]):
            # Whoever serves several stands beside the middle one.
            axes |= self._beside(column, axes, median_low)
        top = min(axes[name] - card.axis for name, card in self.cards.items() if name in axes)
        return {stop: axis - top for stop, axis in axes.items()}

    def _spine(self) -> Axes:
        """The queues, each with room for the receiver that will stand beside it."""
        partners: dict[Stop, Stop] = {}
        for hop in self.plan.hops:
            if hop.channel == Place.QUEUE and hop.left == hop.edge.source:
                partners.setdefault(hop.right, hop.left)
        reach: dict[Stop, tuple[int, int]] = {node.id: self._reach(node.id) for node in self.graph.at(Place.QUEUE)}
        for receiver, queue in partners.items():
            if queue in reach:
                above, below = self._reach(receiver)
                reach[queue] = max(reach[queue][0], above), max(reach[queue][1], below)
        return _settle(list(reach), dict.fromkeys(reach), reach, lambda _, __: GAP)

    def _beside(self, column: Place, axes: Axes, choose: Choice) -> Axes:
        towards = column if column < Place.QUEUE else Place(column - 1)
        hops = [hop for hop in self.plan.hops if hop.channel == towards]
        passages = [stop for hop in hops for stop in (hop.left, hop.right) if _passes(stop, column)]
        stops: list[Stop] = [node.id for node in self.graph.at(column)]
        wishes = {stop: self._wish(stop, hops, axes, choose) for stop in (*stops, *passages)}
        for passage in passages:
            stops.insert(_rank(passage, stops, wishes), passage)
        settled = _settle(stops, wishes, {stop: self._reach(stop) for stop in stops}, self._gap)
        if any(wish is not None for wish in wishes.values()) or not settled or not axes:
            return settled
        shift = (_middle(axes) - _middle(settled)) // 1
        return {stop: axis + shift for stop, axis in settled.items()}

    def _wish(self, stop: Stop, hops: list[Hop], axes: Axes, choose: Choice) -> int | None:
        """The axis at which its lines into the neighbouring column would be straight."""
        wished = []
        for hop in hops:
            if stop in (hop.left, hop.right):
                other = hop.right if stop == hop.left else hop.left
                if other in axes:
                    wished.append(axes[other] + self.ports.at(other, hop) - self.ports.at(stop, hop))
        return choose(wished) if wished else None

    def _reach(self, stop: Stop) -> tuple[int, int]:
        """How far it reaches above and below its axis."""
        if isinstance(stop, Passage):
            return _PASSAGE
        card = self.cards[stop]
        return card.axis, card.height - card.axis

    def _gap(self, upper: Stop, lower: Stop) -> int:
        joined = any({edge.source, edge.target} == {upper, lower} for edge in self.plan.inner)
        return INNER_GAP if joined else GAP


def _passes(stop: Stop, column: Place) -> bool:
    return isinstance(stop, Passage) and stop.column == column


def _rank(passage: Stop, stops: list[Stop], wishes: Mapping[Stop, int | None]) -> int:
    """Before the first stop that wants to stand lower."""
    own = wishes[passage] or 0
    lower = [index for index, stop in enumerate(stops) if (wish := wishes[stop]) is not None and wish > own]
    return lower[0] if lower else len(stops)


def _settle(
    stops: list[Stop],
    wishes: Mapping[Stop, int | None],
    reach: Mapping[Stop, tuple[int, int]],
    gap: Callable[[Stop, Stop], int],
) -> Axes:
    """Each where it wants to be, or as little below as keeps it clear of the one above."""
    axes: Axes = {}
    for index, stop in enumerate(stops):
        above, _ = reach[stop]
        wish = wishes[stop]
        if index == 0:
            axes[stop] = above if wish is None else wish
            continue
        upper = stops[index - 1]
        nearest = axes[upper] + reach[upper][1] + gap(upper, stop) + above
        axes[stop] = nearest if wish is None else max(wish, nearest)
    return axes


def _middle(axes: Axes) -> int:
    return (min(axes.values()) + max(axes.values())) // 2
