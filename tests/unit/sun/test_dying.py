"""A controller that is gone in the middle of a switch: at each call of each port, and then again and again.

The other region's goes on. Either the target writes in its epoch, or all is as before, held, and a person called. AWS
is asked once, and the services are let in by the first tick that comes half a minute later.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.sun.control.lease import BRIEF, LEASED_FOR
from tests.support.sun import TICK, Sky
from tests.support.tripwire import Crash, Tripwire

pytestmark = pytest.mark.usefixtures("cloud")

SECOND = timedelta(seconds=1)


def planned() -> Sky:
    sky = Sky()
    sky.aurora.takes = timedelta(seconds=0.1)
    return sky


def lossy() -> Sky:
    """Everything is there for Singapore to be given up at this tick."""
    sky = Sky()
    sky.aurora.takes = timedelta(seconds=0.1)
    sky.lose()
    sky.tick("eu")
    sky.clock.now += TICK
    sky.approve("anna", "bert")
    return sky


def calls_of(make: Callable[[], Sky]) -> int:
    sky, wire = make(), Tripwire()
    assert sky.tick("eu", wire).reason == "eu writes"
    return wire.steps


def asked(sky: Sky) -> int:
    return len(sky.aurora.asked) + len(sky.aurora.given_up)


def check(sky: Sky, told: str) -> None:
    book = sky.book()
    assert sky.at_rest(), told
    assert asked(sky) <= 1, told
    assert bool(book.hold) is (sky.aurora.writer == "apac"), told
    assert book.memory is not None
    assert book.memory.state.tenure.writer == sky.aurora.writer, told


@pytest.mark.parametrize("heir", ["apac", "eu"])
def test_whenever_a_controller_dies_in_a_switch_the_next_finishes_or_holds(heir: str) -> None:
    ends = []
    for step in range(1, calls_of(planned) + 1):
        sky = planned()
        with pytest.raises(Crash):
            sky.tick("eu", Tripwire(step))
        begun = sky.book().switch is not None
        sky.clock.now += BRIEF + SECOND if begun else LEASED_FOR
        sky.tick(heir)
        assert sky.at_rest(), f"call {step}: one tick is enough"
        sky.clock.now += TICK
        sky.tick(heir)
        check(sky, f"call {step}")
        assert bool(sky.book().hold) is (len(sky.bell.rung) == 1), f"call {step}"
        ends.append(bool(sky.book().hold))
    assert any(ends), "between writing down and asking, it is given up"
    assert not all(ends)


def test_whenever_a_controller_dies_in_a_failover_the_next_finishes_or_holds() -> None:
    ends = []
    for step in range(1, calls_of(lossy) + 1):
        sky = lossy()
        with pytest.raises(Crash):
            sky.tick("eu", Tripwire(step))
        begun = sky.book().switch is not None
        sky.clock.now += BRIEF + SECOND if begun else LEASED_FOR
        for _ in range(2):
            sky.tick("eu")
            sky.clock.now += TICK
        check(sky, f"call {step}")
        moved = sky.aurora.writer == "eu"
        assert sky.row.state.lost == ("apac" if moved else None), f"call {step}"
        assert sky.row.state.epoch == (2 if moved else 1), f"call {step}"
        ends.append(moved)
    assert any(ends)
    assert not all(ends)


MOMENTS = st.tuples(st.sampled_from(["eu", "apac"]), st.integers(1, 45), st.integers(1, 700))
"""Whose controller, at which of its calls it dies, and how many seconds later the next one comes."""


@given(
    st.sampled_from([planned, lossy]),
    st.lists(MOMENTS, min_size=1, max_size=4),
    st.sampled_from([None, 0.0, 0.1, 40.0, 400.0, 1200.0]),
    st.booleans(),
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_often_controllers_die_it_ends_well(
    make: Callable[[], Sky], deaths: list[tuple[str, int, int]], takes: float | None, refuses: bool
) -> None:
    sky = make()
    sky.aurora.takes = None if takes is None else timedelta(seconds=takes)
    sky.aurora.refuses = refuses
    for region, step, seconds in deaths:
        with suppress(Crash):
            sky.tick(region, Tripwire(step))
        sky.clock.now += seconds * SECOND
    for _ in range(8):
        sky.tick("eu")
        sky.clock.now += TICK
    assert not sky.book().switch
    assert asked(sky) <= 1
    if sky.aurora.writer not in sky.aurora.dead:
        assert sky.at_rest()
