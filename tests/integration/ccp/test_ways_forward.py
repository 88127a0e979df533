"""Orders that the CCP has not sold as ordered, or whose sale it takes back: flagged, readable, and restartable."""

import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from services.common.ccp.schedule import MAX_ATTEMPTS
from services.order import leases, settlement, verification
from services.order.reconciler import reconcile
from services.order.verification import BATCH, verify
from tests.support.market import Market, alarms, document, only_order

STATE, REASON = "SELECT state FROM sales_order", "SELECT reason FROM sales_order"


def parked(market: Market) -> str:
    """The reason why the only order waits for a person."""
    assert market.world.value(STATE) == "PARKED"
    return str(market.world.value(REASON))


def cancel_all(market: Market) -> None:
    for sale in market.simulator.live():
        market.ccp.cancel(sale["transactionId"])


@pytest.mark.parametrize("keys", ["keys", "no keys"])
def test_a_short_sale_is_ordered_anew_once_the_ccp_has_taken_it_back(market: Market, keys: str) -> None:
    market.simulator.misbehave(partialFillRate=1, ignoreIdempotencyKeys=keys == "no keys")
    assert document(market.order("k1", 5))["state"] == "PARKED"
    market.simulator.misbehave(ignoreIdempotencyKeys=keys == "no keys")
    short = parked(market)
    assert "of 5 items" in short
    market.restart()
    assert parked(market) == short, "a restart alone changes nothing, and buys nothing"
    assert len(market.simulator.live()) == 1
    cancel_all(market)
    market.restart()
    assert market.accounts().states == {"CONFIRMED": 1}
    assert market.accounts().violations == []
    assert market.order("k1", 5).status_code == 201


def test_a_sale_that_the_ccp_took_back_unasked_is_told_first_and_ordered_anew_after_a_restart(market: Market) -> None:
    market.simulator.misbehave(dropAfterAcceptRate=1)
    market.ccp.sales_of, look = (lambda *_: (_ for _ in ()).throw(RuntimeError("killed"))), market.ccp.sales_of  # type: ignore[method-assign]
    assert market.order("k1").status_code == 500
    market.ccp.sales_of = look  # type: ignore[method-assign]
    market.simulator.behave()
    cancel_all(market)
    market.world.admin.execute("UPDATE sales_order SET leased_until = now() - interval '1 s'")
    reconcile(market.world.database, market.settlement, market.ccp)
    assert "cancelled" in parked(market)
    market.restart()
    assert market.accounts().states == {"CONFIRMED": 1}
    assert market.accounts().violations == []


@pytest.mark.parametrize("keys", ["keys", "no keys"])
def test_a_ccp_that_lists_no_sales_is_never_asked_twice_and_then_a_person_is(market: Market, keys: str) -> None:
    faults = {"dropAfterAcceptRate": 1, "hideSales": True, "ignoreIdempotencyKeys": keys == "no keys"}
    market.simulator.misbehave(**faults)
    assert market.order("k1").status_code == 202
    market.world.admin.execute("UPDATE sales_order SET ccp_attempts = %s", (MAX_ATTEMPTS - 1,))
    market.hurry()
    assert reconcile(market.world.database, market.settlement, market.ccp) == 1
    assert "does not tell its sales" in parked(market)
    market.simulator.behave()
    assert len(market.simulator.live()) == 1
    market.restart()
    assert market.accounts().states == {"CONFIRMED": 1}
    assert market.accounts().violations == []


def test_a_price_that_the_catalogue_did_not_know_waits_until_it_does(market: Market) -> None:
    world, price = (
        market.world,
        market.world.value("SELECT purchase_price FROM sales_product WHERE ccp_product_id = %s", market.product_id),
    )
    set_price = "UPDATE sales_product SET purchase_price = %s WHERE ccp_product_id = %s"
    world.admin.execute(set_price, (Decimal("0.01"), market.product_id))
    assert document(market.order("k1"))["state"] == "PARKED"
    told = parked(market)
    assert told == f"the CCP charges {Decimal(str(price)):.2f} an item instead of 0.01"
    market.restart()
    assert parked(market) == told
    world.admin.execute(set_price, (price, market.product_id))
    market.restart()
    assert market.accounts().states == {"CONFIRMED": 1}
    assert market.accounts().violations == []
    assert world.value("SELECT purchase_price FROM sales_order") == price, "the books show what was paid"


def test_an_order_that_our_own_fault_keeps_from_ending_is_parked_in_the_end(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a fault of our own")

    monkeypatch.setattr(settlement, "confirm", broken)
    assert market.order("k1").status_code == 500
    for _ in range(MAX_ATTEMPTS - 1):
        market.world.admin.execute("UPDATE sales_order SET leased_until = now() - interval '1 s'")
        with pytest.raises(RuntimeError):
            reconcile(market.world.database, market.settlement, market.ccp)
    market.world.admin.execute("UPDATE sales_order SET leased_until = now() - interval '1 s'")
    reconcile(market.world.database, market.settlement, market.ccp)
    assert "fault of our own" in parked(market)
    monkeypatch.undo()
    market.restart()
    assert market.accounts().states == {"CONFIRMED": 1}
    assert market.accounts().violations == []


def due(market: Market) -> None:
    market.world.admin.execute("UPDATE sales_order SET ccp_check_at = now()")


def erase(ledger: Path) -> None:
    with sqlite3.connect(ledger) as books:
        books.execute("DELETE FROM sale WHERE cancelled_at IS NULL")


LOSSES: dict[str, tuple[Callable[[Market, Path], None], str]] = {
    "cancelled": (lambda market, _: cancel_all(market), "the CCP has cancelled the sale"),
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
    assert market.world.value(STATE) == "CONFIRMED", "money is not repaired by a program"


def test_a_lost_sale_that_is_there_again_is_no_loss_any_more(market: Market, ledger: Path) -> None:
    market.order("k1")
    cancel_all(market)
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


def reserved(market: Market, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """An order whose first attempt ended without a word."""

    def broken(*_: object) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr(market.settlement, "settle", broken)
    assert market.order("k1").status_code == 500
    return UUID(only_order(market))


def test_an_attempt_that_ends_without_a_word_keeps_the_others_away_for_longer_each_time(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = reserved(market, monkeypatch)
    seconds = []
    for _ in range(6):
        market.world.admin.execute("UPDATE sales_order SET leased_until = now() - interval '1 s'")
        with market.world.database.transaction() as connection:
            assert leases.lease(connection, order) is not None
            row = connection.execute("SELECT extract(epoch FROM leased_until - now())::int AS left FROM sales_order")
            seconds.append(row.fetchall()[0]["left"])
    assert seconds == [26, 26, 120, 600, 3600, 3600]


def test_who_was_too_slow_gives_no_lease_back_that_is_somebody_elses(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = reserved(market, monkeypatch)
    market.world.admin.execute("UPDATE sales_order SET leased_until = now() - interval '1 s'")
    with market.world.database.transaction() as connection:
        slow = leases.lease(connection, order)
    market.world.admin.execute("UPDATE sales_order SET leased_until = now() - interval '1 s'")
    with market.world.database.transaction() as connection:
        faster = leases.lease(connection, order)
        assert slow is not None
        assert faster is not None
        leases.put_off(connection, slow, 0.0, attempted=True)
        assert leases.lease(connection, order) is None
        leases.put_off(connection, faster, 0.0, attempted=True)
    assert market.world.value("SELECT leased_until <= now() FROM sales_order") is True
