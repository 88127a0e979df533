"""The report, from results that are made up."""

from dataclasses import replace

import pytest

from tests.drill.events import Recording
from tests.drill.figures import figures
from tests.drill.page import Circumstances, page
from tests.drill.scenario import Result, Scenario
from tests.drill.summary import COLUMNS, cells, last_words, recovery_time, words
from tests.unit.drill.recordings import switched

OF = Circumstances("23 November 2026", "0a9e7a7", "python -m tests.drill", 5.0, 2, 120.0)


def result(*findings: str, name: str = "switches", missing: int | None = None, rto: float | None = None) -> Result:
    scenario = Scenario(name, "Two <planned> switchovers", "The writer moves.", lambda play: None)
    recording: Recording = switched()
    return Result(scenario, recording, figures(recording), findings, 0, 0, missing, rto, notes={"switches": "1"})


def test_it_is_one_file_that_fetches_nothing() -> None:
    text = page([result()], OF)
    assert text.count("<svg") == 1
    assert "<script" not in text
    assert "src=" not in text
    assert "href=" not in text


def test_two_pictures_have_no_id_in_common() -> None:
    text = page([result(), result(name="kill-standby")], OF)
    ids = [part.split('"')[0] for part in text.split(' id="')[1:]]
    assert len(ids) == len(set(ids)) > 0


def test_what_is_told_is_escaped() -> None:
    text = page([result("<b>a finding</b>")], OF)
    assert "<h2>Two &lt;planned&gt; switchovers</h2>" in text
    assert "&lt;b&gt;a finding&lt;/b&gt;" in text


@pytest.mark.parametrize(("findings", "verdict"), [((), "held"), (("I1: lost",), "BROKEN")])
def test_one_finding_breaks_the_whole(findings: tuple[str, ...], verdict: str) -> None:
    assert f"<title>The drill: {verdict}</title>" in page([result(), result(*findings)], OF)


def test_a_row_has_a_cell_for_each_column() -> None:
    row = dict(zip(COLUMNS, cells(result(missing=7, rto=41.26)), strict=True))
    assert (row["orders"], row["503"], row["RTO"], row["RPO"], row[""]) == ("300", "10", "41.3 s", "7 orders", "held")


def test_the_last_words_are_over_everything_that_was_played() -> None:
    told = "\n".join(last_words([result(), result(name="lag-2", missing=7, rto=41.26)]))
    assert "switches 2, longest time without an order p50 2.20 s" in told
    assert "RTO      41.3 s (lag-2)" in told
    assert "RPO      7 orders (lag-2)" in told
    assert "lost     0\ndoubled  0" in told


def test_a_recovery_names_the_minutes_that_were_leapt_over() -> None:
    assert recovery_time(replace(result(rto=41.26), leapt=780.0)) == "41.3 s and 13 min leapt over"
    assert recovery_time(result(rto=41.26)) == "41.3 s"


def test_the_words_have_every_figure_of_the_scenario() -> None:
    assert words(result())[-1] == "switches: 1"
