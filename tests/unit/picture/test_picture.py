"""The picture in the repository is the one that the model gives, and it can be read everywhere."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from local.picture.__main__ import PICTURE, main
from local.picture.drawing.palette import DARK, LIGHT
from local.picture.drawing.picture import CAPTION, draw
from tests.unit.picture.regions import grown_region, region

SVG = "{http://www.w3.org/2000/svg}"


def drawn() -> str:
    return draw(region())


def words(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")]


def test_the_picture_in_the_repository_is_current() -> None:
    assert PICTURE.read_text(encoding="utf-8") == drawn(), "run `make picture` and commit docs/img/system.svg"


def test_drawing_writes_what_checking_accepts(tmp_path: Path) -> None:
    picture = tmp_path / "img" / "system.svg"

    assert main([], picture) == 0
    assert main(["--check"], picture) == 0


@pytest.mark.parametrize(("stored", "said"), [("<svg/>", "no longer shows"), (None, "is missing")])
def test_a_stale_picture_fails_the_check_and_stays_as_it_is(
    stored: str | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "system.svg"
    if stored:
        picture.write_text(stored, encoding="utf-8")

    assert main(["--check"], picture) == 1

    told = capsys.readouterr().err
    assert said in told
    assert str(picture) in told
    assert "make picture" in told
    assert (picture.read_text(encoding="utf-8") if picture.exists() else None) == stored


def test_the_picture_names_region_parts_and_stand_ins() -> None:
    shown = words(drawn())

    assert shown[0] == "Cloud Sales System · region eu"
    assert CAPTION in shown
    assert {"/create-order", "/orders", "5 tries → invoice-dlq", "Amazon SES"} <= set(shown)
    assert {"locally: Envoy", "locally: PostgreSQL", "locally: ministack"} <= set(shown)


def test_what_is_added_to_the_registry_is_drawn() -> None:
    before = set(words(drawn()))

    svg = draw(grown_region())

    gained = set(words(svg)) - before
    assert {"lookup", "/lookup", "failed-orders", "5 tries → failed-orders-dlq"} <= gained


def test_the_picture_stands_alone_and_suits_light_and_dark_pages() -> None:
    svg = drawn()

    assert "prefers-color-scheme: dark" in svg
    assert "<script" not in svg
    assert "href" not in svg
    assert "url(" not in svg
    assert set(LIGHT) == set(DARK)
