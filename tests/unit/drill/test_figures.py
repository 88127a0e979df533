"""What is made of what customers saw."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.drill.events import Attempt, Recording, Window
from tests.drill.figures import figures, longest_pause, percentile, recovery, waits
from tests.unit.drill.recordings import REGIONS, switched


def accepted(*times: float) -> list[Attempt]:
    return [Attempt(at, 0.0, f"at-{at}", 201) for at in times]


def recording(attempts: Sequence[Attempt], windows: Sequence[Window] = ()) -> Recording:
    return Recording(REGIONS, 60.0, attempts, windows=windows)


def test_an_order_counts_once_however_often_it_was_tried() -> None:
    found = figures(switched())
    assert (found.begun, found.accepted) == (300, 300)
    assert found.statuses == {201: 300, 503: 10}


def test_the_longest_pause_is_between_two_accepted_orders() -> None:
    found = figures(switched())
    assert found.pause == pytest.approx(2.2)
    assert found.pause_at == pytest.approx(19.9)


def test_an_order_took_as_long_as_all_its_tries() -> None:
    assert waits(switched().attempts)["order-100"] == pytest.approx(2.6)
    assert figures(switched()).slowest == pytest.approx(2.6)


def test_an_order_that_was_never_accepted_took_no_time_and_is_not_counted_as_accepted() -> None:
    attempts = [Attempt(1.0, 0.1, "never", 503), Attempt(2.0, 0.1, "never", 0)]
    assert waits(attempts) == {}
    assert (figures(recording(attempts)).begun, figures(recording(attempts)).accepted) == (1, 0)


@pytest.mark.parametrize(("status", "faults"), [(500, 1), (502, 1), (504, 1), (503, 0), (429, 0), (0, 0)])
def test_a_fault_is_what_is_5xx_and_not_503(status: int, faults: int) -> None:
    assert figures(recording([Attempt(0.0, 0.1, "a", status)])).faults == faults


def test_each_switch_has_its_own_gap() -> None:
    attempts = accepted(*(0.5 * number for number in range(100) if not 20 <= number < 24 and not 80 <= number < 81))
    gaps = figures(recording(attempts, [Window(10.0, 12.0), Window(40.0, 40.5)])).gaps
    assert list(gaps) == [pytest.approx(2.5), pytest.approx(1.0)]


def test_a_loss_lasts_until_orders_are_taken_again() -> None:
    attempts = accepted(*(0.2 * number for number in range(51)), *(25 + 0.2 * number for number in range(50)))
    assert recovery(recording(attempts), 10.3) == pytest.approx(14.7)


def test_a_loss_that_nobody_noticed_took_no_time() -> None:
    assert recovery(recording(accepted(*(0.2 * number for number in range(200)))), 10.3) == 0.0


def test_a_pause_before_the_loss_is_not_the_losss() -> None:
    attempts = accepted(1.0, *(20 + 0.2 * number for number in range(100)))
    assert recovery(recording(attempts), 30.0) == 0.0


@pytest.mark.parametrize(("share", "value"), [(0.5, 5), (0.99, 10), (0.9, 9), (0.01, 1)])
def test_a_percentile_is_one_of_the_values(share: float, value: float) -> None:
    assert percentile([10, 1, 2, 3, 4, 5, 6, 7, 8, 9], share) == value


def test_there_is_no_percentile_of_nothing() -> None:
    assert percentile([], 0.5) == 0.0


@given(st.lists(st.floats(0, 60), min_size=2, unique=True))
def test_no_pause_is_longer_than_the_longest(times: list[float]) -> None:
    at, pause = longest_pause(accepted(*times), 0.0, 60.0)
    assert pause == max(other - one for one, other in pairwise(sorted(times)))
    assert at in times
