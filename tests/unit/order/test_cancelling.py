"""Which orders can be cancelled."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.common.orders import State
from services.order.cancelling import DAYS, Standing

WAITING = Standing(State.RESERVED, "PURCHASE", sold=False, age=timedelta(seconds=1), changed=True)
SOLD = Standing(State.EMAILED, "PURCHASE", sold=True, age=timedelta(days=1), changed=False)


def test_an_order_that_is_not_sold_yet_can_be_cancelled_however_long_it_waits() -> None:
    assert WAITING.refusal is None
    assert replace(WAITING, age=timedelta(days=100)).refusal is None


@pytest.mark.parametrize("state", [State.CONFIRMED, State.INVOICED, State.DOCUMENTED, State.EMAILED, State.PARKED])
def test_an_order_that_is_sold_can_be_cancelled_wherever_its_invoice_is(state: State) -> None:
    assert replace(SOLD, state=state).refusal is None


def test_an_order_can_be_cancelled_within_its_days_and_not_a_moment_later() -> None:
    assert replace(SOLD, age=timedelta(days=DAYS)).refusal is None
    assert f"{DAYS} days" in str(replace(SOLD, age=timedelta(days=DAYS, microseconds=1)).refusal)


REFUSED = {
    "refused": replace(WAITING, state=State.REJECTED),
    "person": replace(WAITING, state=State.PARKED),
    "returned": replace(SOLD, changed=True),
    "change": replace(SOLD, kind="INCREASE"),
    "that you had before": replace(SOLD, kind="EXTEND"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_cannot_be_cancelled_says_why(why: str) -> None:
    assert why in str(REFUSED[why].refusal)
