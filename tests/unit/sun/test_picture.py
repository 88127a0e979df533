"""The picture of a day: the one in the documentation is current, and bad choices are told."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from local.sun.__main__ import DAY, PICTURE, ROOT, main
from local.sun.choosing import chosen_day, chosen_regions
from local.sun.day import Day, lived
from local.sun.drawing import draw
from local.sun.walk import Moment

SVG = "{http://www.w3.org/2000/svg}"


def words(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")]


def day(text: str, regions: str = "") -> Day:
    return lived(chosen_regions(regions, ROOT), chosen_day(text))


def test_the_picture_in_the_repository_is_current() -> None:
    assert (ROOT / PICTURE).read_text(encoding="utf-8") == draw(day(DAY)), "run `make sun` and commit docs/img/sun.svg"


def test_each_hand_over_has_its_hour_and_each_region_its_clock() -> None:
    found = words(draw(day("2026-03-29", "eu,apac,us")))
    assert {"10:30", "eu takes over", "18:25", "us takes over", "23:45", "apac takes over"} <= set(found)
    assert {"Dublin", "Singapore", "New York", "clocks +1 h"} <= set(found)


def test_clocks_that_change_in_another_night_are_not_told() -> None:
    assert not any(word.startswith("clocks") for word in words(draw(day("2026-03-28"))))
    assert "clocks -1 h" in words(draw(day("2026-10-25")))


def test_one_region_or_more_than_there_are_colours_can_be_drawn() -> None:
    for regions in ("eu", "eu,apac", "a:Asia/Tokyo,b:Asia/Tokyo,c:Asia/Tokyo,d:UTC,e:UTC,f:UTC,g:UTC"):
        ET.fromstring(draw(day("2026-06-01", regions)))


def test_who_chooses_gets_a_picture_apart_from_that_of_the_documentation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([], tmp_path) == 0
    assert main(["--day", "2026-07-01", "--regions", "eu,au:Australia/Sydney"], tmp_path) == 0
    assert "takes over" in capsys.readouterr().out
    assert "Sydney" in (tmp_path / "build" / "sun.svg").read_text(encoding="utf-8")
    assert (tmp_path / PICTURE).read_text(encoding="utf-8") == (ROOT / PICTURE).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--day", "tomorrow"], "DAY is 'tomorrow'"),
        (["--day", "2026-02-30"], "DAY is '2026-02-30'"),
        (["--day", "0001-01-01"], "years 1971"),
        (["--regions", "eu,mars"], "'mars', which is none of apac, eu, us; others are told as mars:Europe/Dublin"),
        (["--regions", "mars:Mars/Olympus"], "'Mars/Olympus', which does not exist"),
        (["--regions", "x:../../etc/passwd"], "which does not exist"),
        (["--regions", "x:Europe"], "which does not exist"),
        (["--regions", "eu,eu"], "'eu' twice"),
        (["--regions", "eu,,apac"], "REGIONS has ''"),
        (["--regions", "EU<script>"], "lower-case"),
        (["--regions", ",".join(f"r{number}:UTC" for number in range(13))], "13 regions"),
    ],
)
def test_what_cannot_be_drawn_is_told(
    arguments: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments, tmp_path) == 1
    assert told in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_regions_are_those_that_have_a_file(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Pulumi.eu.yaml", tmp_path)
    assert [region.name for region in chosen_regions("", tmp_path)] == ["eu"]


def test_a_day_tells_who_wrote_from_when_to_when() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    hours = [start + timedelta(hours=hour) for hour in range(24)]
    moments = [Moment(at, {"eu": 1}, "eu" if at.hour >= 10 else "apac", moved=at.hour == 10) for at in hours]
    tenures = list(Day(start, (), moments).tenures)
    assert tenures == [("apac", start, hours[10]), ("eu", hours[10], start + timedelta(days=1))]
