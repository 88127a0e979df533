"""Nothing lies on anything else, in the region as it is and in one that has grown."""

from itertools import combinations, product

import pytest

from local.picture.errors import PictureError
from local.picture.graph import Edge, Graph, Kind, Node, Place
from local.picture.layout.arrange import arrange
from local.picture.layout.cards import PADDING, SMALL_SIZE, TEXT_SIZE, room
from local.picture.layout.flows import flows
from local.picture.layout.geometry import Box, Drawing, Label, Line, Point
from local.picture.layout.text import width, wrap
from tests.unit.picture.regions import grown_region, region

BARS = (Place.ABOVE, Place.BELOW)


@pytest.fixture(params=["as it is", "grown"])
def drawing(request: pytest.FixtureRequest) -> Drawing:
    return arrange(region() if request.param == "as it is" else grown_region(), top=80)


def overlap(one: Box, other: Box) -> bool:
    return one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom


def touched(stroke: tuple[Point, Point]) -> Box:
    (x1, y1), (x2, y2) = stroke
    return Box(min(x1, x2), min(y1, y2), abs(x1 - x2), abs(y1 - y2))


def enters(stroke: tuple[Point, Point], box: Box) -> bool:
    """Whether the stroke goes through the inside; its ends may stand on the border."""
    line = touched(stroke)
    return line.x < box.right and box.x < line.right and line.y < box.bottom and box.y < line.bottom


def strokes(lines: tuple[Line, ...]) -> list[tuple[Point, Point]]:
    return [stroke for line in lines for stroke in line.strokes()]


def on_each_other(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    """Whether two strokes of the same direction share more than a point."""
    first, second = touched(one), touched(other)
    if not first.height and not second.height:
        return first.y == second.y and first.x < second.right and second.x < first.right
    if not first.width and not second.width:
        return first.x == second.x and first.y < second.bottom and second.y < first.bottom
    return False


def box_of(label: Label) -> Box:
    room_needed = width(label.text, SMALL_SIZE)
    left = label.x - room_needed // 2 if label.centred else label.x
    return Box(left, label.y - 10, room_needed, 12)


def test_no_two_cards_overlap(drawing: Drawing) -> None:
    pairs = combinations(drawing.placed, 2)

    assert [(one.card.node.id, other.card.node.id) for one, other in pairs if overlap(one.box, other.box)] == []


def test_cards_of_the_region_are_inside_its_frame(drawing: Drawing) -> None:
    frame = drawing.frame
    out = [
        placed.card.node.id
        for placed in drawing.placed
        if placed.card.node.place is not Place.OUTSIDE
        and not (frame.x < placed.box.x and placed.box.right < frame.right and frame.y < placed.box.y)
    ]

    assert out == []


def test_no_line_runs_through_a_card(drawing: Drawing) -> None:
    """Lines to the world outside may pass behind the bars."""
    found = [
        (placed.card.node.id, stroke)
        for placed, bundle in product(drawing.placed, drawing.bundles)
        for stroke in strokes(bundle)
        if placed.card.node.place not in BARS and enters(stroke, placed.box)
    ]

    assert found == []


def test_lines_of_different_bundles_only_cross(drawing: Drawing) -> None:
    found = [
        (first, second)
        for one, other in combinations(drawing.bundles, 2)
        for first, second in product(strokes(one), strokes(other))
        if on_each_other(first, second)
    ]

    assert found == []


def test_labels_lie_on_no_card_and_no_other_label(drawing: Drawing) -> None:
    boxes = [box_of(label) for label in drawing.labels]

    assert [label for label, placed in product(boxes, drawing.placed) if overlap(label, placed.box)] == []
    assert [pair for pair in combinations(boxes, 2) if overlap(*pair)] == []


def test_labels_lie_on_no_line(drawing: Drawing) -> None:
    found = [
        (label.text, stroke)
        for label, bundle in product(drawing.labels, drawing.bundles)
        for stroke in strokes(bundle)
        if enters(stroke, box_of(label))
    ]

    assert found == []


def test_text_stays_inside_its_card(drawing: Drawing) -> None:
    wide = [
        (placed.card.node.id, line)
        for placed in drawing.placed
        for line in placed.card.lines
        if width(line, TEXT_SIZE) > placed.box.width - 2 * PADDING
    ]

    assert wide == []


def test_wrapped_text_keeps_its_words_and_the_limit() -> None:
    text = "moves the outbox: each payload to S3, then its path to the queue"

    lines = wrap(text, TEXT_SIZE, 120)

    assert " ".join(lines) == text
    assert max(width(line, TEXT_SIZE) for line in lines) <= 120 < width(text, TEXT_SIZE)


def test_a_column_grows_with_its_longest_word() -> None:
    node = Node("n", Kind.WORKLOAD, Place.WEB, "n", code=("PATCH /customers/{id}/subscriptions/{subscription}",))

    assert room([node], 100) > 300


def test_an_edge_without_a_way_is_refused() -> None:
    job = Node("workload:job", Kind.WORKLOAD, Place.JOB, "job")
    partner = Node("outside:ccp", Kind.OUTSIDE, Place.OUTSIDE, "CCP")
    graph = Graph("t", "r", (job, partner), (Edge("workload:job", "outside:ccp"),))

    with pytest.raises(PictureError, match="no way from workload:job to outside:ccp"):
        flows(graph)
