"""The few SVG elements that the picture needs."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement

from local.picture.layout.geometry import Box, Line, Point

_CORNER = 7
_HEAD_LENGTH = 8
_HEAD_WIDTH = 4


def text(parent: Element, words: str, x: int, y: int, classes: str) -> None:
    """A line of text that begins, ends or is centred at x, as its classes say."""
    SubElement(parent, "text", {"x": str(x), "y": str(y), "class": classes}).text = words


def rectangle(parent: Element, box: Box, classes: str, radius: int) -> None:
    """A rectangle with round corners."""
    sides = {"x": box.x, "y": box.y, "width": box.width, "height": box.height, "rx": radius}
    SubElement(parent, "rect", {name: str(value) for name, value in sides.items()} | {"class": classes})


def path(parent: Element, data: str, classes: str, at: Point = (0, 0)) -> None:
    """A path, moved to a point."""
    moved = {"transform": f"translate({at[0]} {at[1]})"} if at != (0, 0) else {}
    SubElement(parent, "path", {"d": data, "class": classes, **moved})


def way(lines: Iterable[Line]) -> str:
    """The path of lines that may lie on each other, which as one path does not make them darker there."""
    return " ".join(_way(line) for line in lines)


def _way(line: Line) -> str:
    """Round where the line turns."""
    points = [point for index, point in enumerate(line.points) if index == 0 or point != line.points[index - 1]]
    data = f"M{points[0][0]} {points[0][1]}"
    for before, here, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_CORNER, _distance(before, here) // 2, _distance(here, after) // 2)
        into, out = _towards(here, before, radius), _towards(here, after, radius)
        data += f" L{into[0]} {into[1]} Q{here[0]} {here[1]} {out[0]} {out[1]}"
    return f"{data} L{points[-1][0]} {points[-1][1]}"


def heads(line: Line) -> list[str]:
    """The paths of the line's arrowheads."""
    strokes = line.strokes()
    tips = []
    if line.end:
        tips.append((strokes[-1][1], strokes[-1][0]))
    if line.start:
        tips.append(strokes[0])
    if line.joins:
        tips.append((_towards(strokes[0][1], strokes[0][0], _CORNER), strokes[0][0]))
    return [_head(tip, behind) for tip, behind in tips]


def _head(tip: Point, behind: Point) -> str:
    x, y = _towards(tip, behind, _HEAD_LENGTH)
    across = (0, _HEAD_WIDTH) if tip[1] == behind[1] else (_HEAD_WIDTH, 0)
    return f"M{tip[0]} {tip[1]} L{x + across[0]} {y + across[1]} L{x - across[0]} {y - across[1]}z"


def _towards(start: Point, goal: Point, length: int) -> Point:
    def step(a: int, b: int) -> int:
        return a + (length if b > a else -length if b < a else 0)

    return step(start[0], goal[0]), step(start[1], goal[1])


def _distance(a: Point, b: Point) -> int:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])
