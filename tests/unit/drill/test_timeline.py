"""The picture of a scenario."""

from itertools import combinations
from xml.etree import ElementTree as ET

import pytest

from tests.drill.events import Attempt, Kind, Mark, Recording, Sight
from tests.drill.timeline import draw
from tests.drill.timeline.marks import placed
from tests.drill.timeline.scale import LEFT, MARK_ROWS, MOST_COLUMNS, RIGHT, Scale
from tests.drill.timeline.state import stretches
from tests.unit.drill.recordings import REGIONS, switched

SVG = "{http://www.w3.org/2000/svg}"


def parsed(recording: Recording) -> ET.Element:
    return ET.fromstring(draw("A switch", recording))


def group(root: ET.Element, name: str) -> ET.Element:
    return next(one for one in root.iter(f"{SVG}g") if one.get("id") == name)


def test_the_same_recording_gives_the_same_picture() -> None:
    assert draw("A switch", switched()) == draw("A switch", switched())


def test_it_has_a_title_and_tells_in_words_what_it_shows() -> None:
    root = parsed(switched())
    assert root.findtext(f"{SVG}title") == "A switch"
    told = root.findtext(f"{SVG}desc") or ""
    assert "300 of 300 orders taken in 1:00" in told
    assert "0:20 apac takes over" in told


def test_each_region_has_its_columns_and_errors_are_red() -> None:
    root = parsed(switched())
    assert {one.get("class") for one in group(root, "orders").iter(f"{SVG}path")} >= {
        "column solid tone-0",
        "column solid tone-1",
    }
    (errors,) = (one for one in group(root, "errors").iter(f"{SVG}path") if one.get("class") == "column error")
    assert (errors.get("d") or "").count("M") == 2  # two seconds of them


def test_without_a_front_it_is_not_known_who_took_an_order() -> None:
    attempts = [Attempt(at, 0.1, f"order-{at}", 201) for at in range(10)]
    root = parsed(Recording(REGIONS, 10.0, attempts))
    filled = [one.get("class") for one in group(root, "orders").iter(f"{SVG}path") if one.get("d")]
    assert "column unknown" in filled


def test_the_ribbon_tells_who_writes_and_that_nobody_does() -> None:
    boxes = list(group(parsed(switched()), "writer").iter(f"{SVG}rect"))
    assert [box.get("class") for box in boxes] == ["solid tone-0", "none", "solid tone-1"]


def test_two_writers_are_seen_however_short_they_were() -> None:
    sights = [Sight(at / 100, REGIONS if at == 500 else ("eu",), {}, {}) for at in range(6000)]
    boxes = list(group(parsed(Recording(REGIONS, 600.0, sights=sights)), "writer").iter(f"{SVG}rect"))
    assert [box.get("class") for box in boxes] == ["solid tone-0", "two", "solid tone-0"]
    assert all(int(box.get("width") or 0) >= 1 for box in boxes)


def test_nothing_to_show_is_a_picture_too() -> None:
    assert parsed(Recording(REGIONS, 0.0)).tag == f"{SVG}svg"


@pytest.mark.parametrize("seconds", [1, 30, 240, 241, 1440, 7200])
def test_columns_and_times_fit_on_the_page(seconds: int) -> None:
    scale = Scale(float(seconds))
    assert scale.columns <= MOST_COLUMNS
    assert scale.columns * scale.column >= seconds
    assert all(LEFT <= scale.x(at) <= RIGHT for at in scale.times)


def test_words_of_marks_do_not_lie_on_each_other() -> None:
    marks = [Mark(number * 3.0, f"something was done, number {number}", Kind.DONE) for number in range(30)]
    scale = Scale(90.0)
    rows: dict[int, list[tuple[float, float]]] = {}
    for mark, row in placed(marks, scale):
        if row is not None and scale.x(mark.at) < 900:
            rows.setdefault(row, []).append((scale.x(mark.at), scale.x(mark.at) + len(mark.text) * 5.5))
    assert len(rows) == MARK_ROWS
    for spans in rows.values():
        assert all(one[1] <= other[0] or other[1] <= one[0] for one, other in combinations(spans, 2))


def test_a_stretch_lasts_until_the_value_changes() -> None:
    told = [(1.0, "a"), (2.0, "a"), (3.0, "b"), (4.0, "a")]
    assert list(stretches(told, 5.0)) == [("a", 0.0, 3.0), ("b", 3.0, 4.0), ("a", 4.0, 5.0)]
    assert list(stretches([], 5.0)) == []
