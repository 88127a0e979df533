"""What a laid-out picture consists of; x grows to the right, y downwards, both in pixels."""

from dataclasses import dataclass
from itertools import pairwise

from local.picture.graph import Kind
from local.picture.layout.cards import Card

Point = tuple[int, int]


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The x of its right side."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The y of its lower side."""
        return self.y + self.height

    @property
    def centre(self) -> int:
        """The x of its middle."""
        return self.x + self.width // 2


@dataclass(frozen=True)
class Placed:
    """A card where it is to be drawn."""

    card: Card
    box: Box


@dataclass(frozen=True)
class Line:
    """A line of horizontal and vertical strokes.

    Attributes:
        kind: the kind of part whose colour it has; None for what flows from service to service.
        start: whether its first point has an arrowhead.
        end: whether its last point has one.
        joins: whether one shows, where it first turns, that it enters a bus.
    """

    points: tuple[Point, ...]
    kind: Kind | None = None
    start: bool = False
    end: bool = True
    joins: bool = False

    def strokes(self) -> list[tuple[Point, Point]]:
        """Its straight pieces."""
        return [(a, b) for a, b in pairwise(self.points) if a != b]


@dataclass(frozen=True)
class Label:
    """A word beside a line; `y` is the text's base line."""

    text: str
    x: int
    y: int
    centred: bool = False


@dataclass(frozen=True)
class Drawing:
    """Everything inside the title and the legend.

    Attributes:
        bundles: lines that belong together and may touch; any other two only cross.
    """

    frame: Box
    placed: tuple[Placed, ...]
    bundles: tuple[tuple[Line, ...], ...]
    labels: tuple[Label, ...]
