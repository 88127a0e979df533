"""What the front has written down."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.drill.front_log import served

SINCE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC).timestamp()


def line(second: int, *, path: str = "/create-order", status: int = 201) -> str:
    return (
        f'{{"time":"2026-11-23T09:00:{second:02}.500Z","region":"eu","method":"POST","path":"{path}",'
        f'"status":{status},"milliseconds":250,"details":"via_upstream"}}\n'
    )


def test_an_order_is_told_when_it_was_answered(tmp_path: Path) -> None:
    (tmp_path / "front.log").write_text(line(2) + line(3, status=503))
    found = served(tmp_path, SINCE)
    assert [(one.region, one.status) for one in found] == [("eu", 201), ("eu", 503)]
    assert [one.at for one in found] == [pytest.approx(2.75), pytest.approx(3.75)]


def test_what_is_no_order_or_no_line_or_older_is_left_out(tmp_path: Path) -> None:
    text = line(1) + line(9, path="/healthz") + "[info] Envoy's own words\n" + line(9) + line(10)[:40]
    (tmp_path / "front.log").write_text(text)
    assert [one.at for one in served(tmp_path, SINCE + 5)] == [pytest.approx(4.75)]


def test_a_log_that_was_put_away_is_read_before_the_present_one(tmp_path: Path) -> None:
    (tmp_path / "front.log").write_text(line(8))
    (tmp_path / "front.log.1").write_text(line(7))
    assert [one.at for one in served(tmp_path, SINCE)] == [pytest.approx(7.75), pytest.approx(8.75)]


def test_without_a_front_there_is_nothing(tmp_path: Path) -> None:
    assert served(tmp_path, SINCE) == []
