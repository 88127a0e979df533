"""Confirmed orders whose sale the CCP takes back or loses: looked up when they are due, and flagged."""

import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest

from services.order import verification
from services.order.verification import BATCH, verify
from tests.support.market import Market, alarms, document, only_order


def due(market: Market) -> None:
    market.world.admin.execute("UPDATE sales_order SET ccp_check_at = now()")


def erase(ledger: Path) -> None:
    with sqlite3.connect(ledger) as books:
        books.execute("DELETE FROM sale WHERE cancelled_at IS NULL")


LOSSES: dict[str, tuple[Callable[[Market, Path], None], str]] = {
    "cancelled": (lambda market, _: market.cancel_all(), "the CCP has cancelled the sale"),
    "gone": (lambda _, ledger: erase(ledger), "the CCP does not have the sale any more"),
}


@pytest.mark.parametrize("name", LOSSES)
def test_a_confirmed_order_whose_sale_is_lost_is_flagged_once_and_left_to_a_person(
    market: Market, ledger: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    lose, words = LOSSES[name]
    transaction = document(market.order("k1"))["transactionId"]
    lose(market, ledger)
    notes = "SELECT array_agg(detail) FROM order_event WHERE stage = 'SALE_LOST'"
    with caplog.at_level(logging.ERROR):
        for _ in range(2):
            due(market)
            assert verify(market.world.database, market.ccp) == 1
            assert market.world.value(notes) == [words]
    assert alarms(caplog) == ["LOST"]
    row = market.world.admin.execute(
        "SELECT transaction_id::text, order_id::text, kind, cancel_at FROM ccp_discrepancy"
    )
    assert row.fetchall() == [(transaction, only_order(market), "LOST", None)]
    assert market.world.value("SELECT state FROM sales_order") == "CONFIRMED", "money is not repaired by a program"


def test_a_lost_sale_that_is_there_again_is_no_loss_any_more(market: Market, ledger: Path) -> None:
    market.order("k1")
    market.cancel_all()
    due(market)
    verify(market.world.database, market.ccp)
    with sqlite3.connect(ledger) as books:
        reference = only_order(market)
        books.execute("UPDATE sale SET cancelled_at = NULL WHERE reference = ?", (reference,))
    due(market)
    verify(market.world.database, market.ccp)
    assert market.world.value("SELECT kind FROM ccp_discrepancy") == "MATCHED"


def test_orders_are_looked_up_when_they_are_due_and_not_for_ever(market: Market) -> None:
    market.order("k1")
    assert verify(market.world.database, market.ccp) == 0, "it is too young"
    left = "SELECT round(extract(epoch FROM ccp_check_at - created_at))::int FROM sales_order"
    assert market.world.value(left) == 3600
    due(market)
    verify(market.world.database, market.ccp)
    assert market.world.value(left) == 3600
    market.world.admin.execute("UPDATE sales_order SET created_at = created_at - interval '36 days'")
    due(market)
    verify(market.world.database, market.ccp)
    assert market.world.value("SELECT ccp_check_at = 'infinity' FROM sales_order") is True
    assert market.world.value("SELECT count(*) FROM ccp_discrepancy") == 0


def test_one_turn_looks_up_so_many_and_two_at_once_none_twice(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "BATCH", 8)
    for number in range(12):
        market.order(f"k{number}")
    looked: list[UUID] = []
    look = market.ccp.sales_of

    def counted(order_id: UUID, deadline: object) -> object:
        looked.append(order_id)
        return look(order_id, deadline)  # type: ignore[arg-type]

    market.ccp.sales_of = counted  # type: ignore[method-assign,assignment]
    due(market)
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: verify(market.world.database, market.ccp), range(2)))
    assert sum(done) == len(looked) == len(set(looked)) == 12
    assert max(done) <= 8 <= BATCH


def test_a_look_without_an_answer_is_repeated_later_and_flags_nothing(market: Market) -> None:
    market.order("k1")
    market.simulator.misbehave(errorRate=1)
    due(market)
    assert verify(market.world.database, market.ccp) == 0
    assert market.world.value("SELECT ccp_check_at BETWEEN now() AND now() + interval '5 min' FROM sales_order") is True
    assert market.world.value("SELECT count(*) FROM ccp_discrepancy") == 0
