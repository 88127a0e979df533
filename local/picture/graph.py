"""What the picture shows, before anybody thinks of where: parts and what passes between them."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum, auto


class Kind(StrEnum):
    """What a part is; gives it its icon, its colour and its line of the legend."""

    OUTSIDE = auto()
    GATEWAY = auto()
    USERS = auto()
    WORKLOAD = auto()
    DATABASE = auto()
    BUCKET = auto()
    QUEUE = auto()
    TOPIC = auto()
    MAIL = auto()


class Place(IntEnum):
    """Where a part stands: the region's columns, in the order in which an order passes them, and what frames them."""

    EDGE = 0
    WEB = 1
    SENDER = 2
    QUEUE = 3
    WORKER = 4
    MAIL = 5
    OUTSIDE = 6
    ABOVE = 7
    BELOW = 8
    JOB = 9


COLUMNS = tuple(place for place in Place if place <= Place.MAIL)


class Heads(StrEnum):
    """At which ends an edge has an arrowhead; it points the way that data goes."""

    NONE = auto()
    TARGET = auto()
    BOTH = auto()


@dataclass(frozen=True)
class Node:
    """One part.

    Attributes:
        id: unique in the graph and the same at every run.
        tag: what sort of thing it is, in one or two words.
        lines: what else is known of it, each to be wrapped.
        code: what is to be shown letter by letter, such as routes.
        annex: what becomes of messages that it cannot hand over.
    """

    id: str
    kind: Kind
    place: Place
    title: str
    tag: str = ""
    lines: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    annex: str = ""


@dataclass(frozen=True)
class Edge:
    """What passes from one part to another, by their ids."""

    source: str
    target: str
    label: str = ""
    heads: Heads = Heads.TARGET


@dataclass(frozen=True)
class Graph:
    """A region: its parts, in the order in which they are to be read, and its edges."""

    title: str
    region: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def at(self, *places: Place) -> tuple[Node, ...]:
        """The parts that stand at one of the places."""
        return tuple(node for node in self.nodes if node.place in places)
