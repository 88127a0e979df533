"""Where lines meet a card: how far above or below its axis, at its left and right side."""

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum

from local.picture.layout.flows import Flows, Hop, Passage, Stop

STEP = 16


class Side(StrEnum):
    """The left or the right side of a card."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True)
class Ports:
    """The offsets of all ports, in pixels from the card's axis.

    What leaves a card on one side leaves it on one line, on the axis; what arrives does so below that, each on its own.
    """

    offsets: dict[tuple[str, Side, str], int]

    def at(self, stop: Stop, hop: Hop) -> int:
        """The offset of the hop at one of its ends."""
        if isinstance(stop, Passage):
            return 0
        return self.offsets[stop, _side(stop, hop), _use(stop, hop)]

    def of_bus(self, card: str, band: str) -> int:
        """The offset of the stub that leads to the bus of what stands above or below the columns."""
        return self.offsets[card, Side.RIGHT, band]


def ports(plan: Flows) -> Ports:
    """Gives every line its port."""
    uses: dict[tuple[str, Side], dict[str, None]] = defaultdict(dict)
    for hop in plan.hops:
        for stop in (hop.left, hop.right):
            if not isinstance(stop, Passage):
                uses[stop, _side(stop, hop)][_use(stop, hop)] = None
    ordered = {where: sorted(named, key=bool) for where, named in uses.items()}
    offsets = {
        (card, side, use): index * STEP for (card, side), named in ordered.items() for index, use in enumerate(named)
    }
    for up in (True, False):
        _add_buses(plan, offsets, up=up)
    return Ports(offsets)


def _add_buses(plan: Flows, offsets: dict[tuple[str, Side, str], int], *, up: bool) -> None:
    for rise in plan.rises:
        if rise.up is not up or rise.straight:
            continue
        for edge in rise.edges:
            card = rise.user(edge)
            taken = [offset for (name, side, _), offset in offsets.items() if (name, side) == (card, Side.RIGHT)]
            offsets[card, Side.RIGHT, rise.band] = min([*taken, 0]) - STEP if up else max([*taken, 0]) + STEP


def _side(stop: str, hop: Hop) -> Side:
    return Side.RIGHT if stop == hop.left else Side.LEFT


def _use(stop: str, hop: Hop) -> str:
    """What leaves has no name of its own, what arrives has its source's."""
    return "" if stop == hop.edge.source else hop.edge.source
