"""The report says what was found, and never more than that."""

import pytest

from tests.chaos.bugs import SABOTAGES
from tests.chaos.catalogue import ORDERS, Sizes, catalogue
from tests.chaos.page import UNFINISHED, Report, render
from tests.chaos.report import parse
from tests.chaos.sabotage import Catch
from tests.chaos.scenario import Result
from tests.chaos.scenarios import PLAIN
from tests.chaos.trials import TRIALS, Verdict


def report() -> Report:
    return Report("22 November 2026", "abc", Sizes.of(ORDERS), 1, complete=True)


def bug() -> Catch:
    sabotage = next(one for one in SABOTAGES if one.scenario is PLAIN)
    return Catch(sabotage, "I2: sold twice", 1.0)


def result(*findings: str) -> Result:
    return Result(PLAIN, list(findings), {}, 4, 2, 1.0)


def test_a_whole_run_has_the_figures_that_were_asked_for() -> None:
    sizes = Sizes.of(ORDERS)
    assert (sizes.orders, sizes.times, sizes.outage) == (10_000, 20, 120.0)
    names = [scenario.name for scenario in catalogue(sizes)]
    assert len(set(names)) == len(names)


def test_what_was_broken_or_not_done_shows() -> None:
    clean, broken, cut = report(), report(), report()
    clean.results.append(result())
    broken.results.append(result("I1: gone"))
    cut.complete = False
    assert clean.good
    assert not broken.good
    assert "I1: gone" in render(broken)
    assert UNFINISHED in render(cut)
    assert UNFINISHED not in render(clean)


@pytest.mark.parametrize(("control", "caught"), [(result(), 1), (result("I1: gone"), 0), (None, 0)])
def test_a_bug_counts_only_if_its_scenario_is_clean_without_it(control: Result | None, caught: int) -> None:
    page = report()
    page.catches.append(bug())
    if control is not None:
        page.controls.append(control)
    assert f"**{caught} of 1 seeded bugs caught**" in render(page)
    assert page.good == bool(caught)


def test_a_trial_that_fails_makes_the_run_bad() -> None:
    page = report()
    page.verdicts.append(Verdict(TRIALS[0], passed=False, figures=("E  1 != 2",), seconds=1.0))
    assert not page.good
    assert "E  1 != 2" in render(page)


def test_a_part_of_the_run_does_not_overwrite_the_report() -> None:
    assert parse(["--only", "mail"]).page != parse([]).page
    assert parse(["--only", "MAIL"]).wants("an e-mail")
