"""The digest by which an edited chart becomes a new release."""

from pathlib import Path

import pytest

from infra.release import digest_of


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("name: shop")
    (tmp_path / "templates" / "deployment.yaml").write_text("kind: Deployment")
    return tmp_path


def test_it_stays_the_same_while_the_chart_does(chart: Path) -> None:
    before = digest_of(chart)
    (chart / "Chart.yaml").touch()
    assert digest_of(chart) == before


def test_it_changes_with_the_text_of_a_template(chart: Path) -> None:
    before = digest_of(chart)
    (chart / "templates" / "deployment.yaml").write_text("kind: Deployment ")
    assert digest_of(chart) != before


def test_it_changes_with_the_name_of_a_template(chart: Path) -> None:
    before = digest_of(chart)
    (chart / "templates" / "deployment.yaml").rename(chart / "templates" / "workload.yaml")
    assert digest_of(chart) != before


def test_text_that_moves_from_one_file_to_the_next_changes_it(chart: Path) -> None:
    (chart / "a").write_text("12")
    (chart / "b").write_text("3")
    before = digest_of(chart)
    (chart / "a").write_text("1")
    (chart / "b").write_text("23")
    assert digest_of(chart) != before
