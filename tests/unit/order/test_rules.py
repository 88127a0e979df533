"""The tables of the reconciler: when it comes back, and what a sale means beside its order."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from services.common.ccp.schedule import MAX_ATTEMPTS, wait_seconds, wait_uncalled_seconds
from services.common.orders import State
from services.order.judgement import ALARMING, CANCELLED_BY_RULE, Kind, Order, judge, loss_of
from services.order.model import RecordedSale, fault_of
from services.order.verification import DAY, HOUR, next_age
from tests.unit.order.test_asking import sale

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
        (Order(State.CANCELLED, None), Kind.REFUSED),
        (Order(State.PARKED, None), Kind.PARKED),
    ],
)
def test_a_sale_beside_an_order_without_one(order: Order | None, kind: Kind) -> None:
    assert judge(OURS, order) is kind


def test_a_sale_is_lost_if_it_is_cancelled_or_gone_whatever_else_there_is() -> None:
    ours, cancelled, other = (recorded(transaction) for transaction in (OURS, OURS, OTHER))
    cancelled = cancelled.model_copy(update={"cancelled_at": datetime.now(UTC)})
    assert loss_of(OURS, (other, ours)) is None
    assert "cancelled" in str(loss_of(OURS, (cancelled, other)))
    assert "any more" in str(loss_of(OURS, (other,)))
    assert "any more" in str(loss_of(OURS, ()))


def recorded(transaction: UUID) -> RecordedSale:
    return RecordedSale.model_construct(transaction_id=transaction, reference=None, cancelled_at=None, answer=sale())


def test_an_order_is_looked_up_four_times_in_its_life_and_a_late_look_skips_none_twice() -> None:
    assert [next_age(age) for age in (0, HOUR, 2 * HOUR, DAY, 7 * DAY + 1)] == [HOUR, DAY, DAY, 7 * DAY, 35 * DAY]
    assert next_age(35 * DAY) is None


EURO, YEN, DINAR = "EUR", "JPY", "KWD"


@pytest.mark.parametrize(
    ("currency", "price", "total", "good"),
    [
        (EURO, "3.33", "6.33", True),
        (EURO, "3.33", "6.32", True),
        (EURO, "3.33", "6.34", False),
        (YEN, "101", "192", True),
        (YEN, "101", "193", False),
        (DINAR, "1.234", "2.34", True),
        (DINAR, "1.234", "2.36", False),
    ],
)
def test_a_total_follows_from_its_price_but_for_the_rounding(currency: str, price: str, total: str, good: bool) -> None:
    answer = sale().model_copy(update={"price_per_item": Decimal(price), "total_price": Decimal(total), "discount": 5})
    fault = fault_of(answer, answer.service_item_id, 2, (Decimal(price),), currency)
    assert (fault is None) is good, fault


def test_a_total_beyond_all_decimals_is_a_fault_and_no_error() -> None:
    answer = sale().model_copy(update={"total_price": Decimal("1E+999999999999999999")})
    assert "does not follow" in str(fault_of(answer, answer.service_item_id, 2, (Decimal(10),), EURO))


def test_both_prices_that_an_item_may_cost_are_accepted_and_named() -> None:
    answer = sale()
    assert fault_of(answer, answer.service_item_id, 2, (Decimal(9), Decimal(10)), EURO) is None
    fault = fault_of(answer, answer.service_item_id, 2, (Decimal("9.10"), Decimal(11)), EURO)
    assert fault == "the CCP charges 10 an item instead of 9.1 or 11"


def test_only_what_nobody_can_hold_is_cancelled_and_it_is_alarmed() -> None:
    assert {Kind.REFUSED, Kind.DOUBLE} == CANCELLED_BY_RULE
    assert CANCELLED_BY_RULE < ALARMING
    assert {Kind.MATCHED, Kind.UNSETTLED}.isdisjoint(ALARMING)
