"""The tables of the reconciler: when it comes back, and what a sale means beside its order."""

from uuid import uuid4

import pytest

from services.common.orders import State
from services.order.judgement import ALARMING, CANCELLED_BY_RULE, Kind, Order, judge
from services.order.schedule import MAX_ATTEMPTS, wait_seconds, wait_uncalled_seconds

OURS, OTHER = uuid4(), uuid4()


def test_the_waits_are_those_of_the_design() -> None:
    waits = [wait_seconds(attempt, 0) for attempt in range(1, MAX_ATTEMPTS + 1)]
    assert waits == [30, 120, 600, *[3600] * (MAX_ATTEMPTS - 4), None]


def test_a_ccp_that_asks_for_longer_gets_it_up_to_an_hour() -> None:
    assert wait_seconds(1, 45) == 45
    assert wait_seconds(1, 10) == 30
    assert wait_seconds(1, float("inf")) == 3600


def test_an_order_that_was_not_asked_about_comes_back_when_the_gate_opens() -> None:
    assert [wait_uncalled_seconds(seconds) for seconds in (0, 20, 1e9)] == [1, 20, 3600]


@pytest.mark.parametrize("state", [State.CONFIRMED, State.INVOICED, State.DOCUMENTED, State.EMAILED, State.PARKED])
def test_an_order_with_a_sale_keeps_that_one_and_no_other(state: State) -> None:
    assert judge(OURS, Order(state, OURS)) is Kind.MATCHED
    assert judge(OTHER, Order(state, OURS)) is Kind.DOUBLE


@pytest.mark.parametrize(
    ("order", "kind"),
    [
        (None, Kind.ORPHAN),
        (Order(State.RESERVED, None), Kind.UNSETTLED),
        (Order(State.REJECTED, None), Kind.REFUSED),
        (Order(State.PARKED, None), Kind.PARKED),
    ],
)
def test_a_sale_beside_an_order_without_one(order: Order | None, kind: Kind) -> None:
    assert judge(OURS, order) is kind


def test_only_what_nobody_can_hold_is_cancelled_and_it_is_alarmed() -> None:
    assert {Kind.REFUSED, Kind.DOUBLE} == CANCELLED_BY_RULE
    assert CANCELLED_BY_RULE < ALARMING
    assert {Kind.MATCHED, Kind.UNSETTLED}.isdisjoint(ALARMING)
