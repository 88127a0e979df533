"""The CCP's ledger held against the orders: what it has too much is cancelled once, and what it has alone is told."""

import logging
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from services.order import comparison, discrepancies
from services.order.model import LedgerEntry
from services.order.reconciler import reconcile
from tests.support.market import Market, alarms, crashed, document, only_order


def test_a_second_sale_of_a_finished_order_is_found_and_cancelled(
    market: Market, caplog: pytest.LogCaptureFixture
) -> None:
    market.simulator.misbehave(ignoreIdempotencyKeys=True)
    kept = document(market.order("k1"))["transactionId"]
    market.compare()
    market.simulator.sell(market.product_id, 2, only_order(market))
    with caplog.at_level(logging.ERROR):
        market.compare()
        market.compare()
    assert alarms(caplog) == ["DOUBLE"]
    assert [sale["transactionId"] for sale in market.simulator.live()] == [kept]
    assert market.world.value("SELECT count(*) FROM ccp_discrepancy WHERE cancelled_at IS NOT NULL") == 1


def test_a_cancellation_that_fails_is_repeated(market: Market) -> None:
    market.order("k1")
    market.simulator.sell(market.product_id, 2, only_order(market))
    comparison.compare(market.world.database, market.ccp)
    market.simulator.misbehave(errorRate=1)
    assert discrepancies.cancel_extras(market.world.database, market.ccp) == 0
    market.simulator.behave()
    assert len(market.simulator.live()) == 2
    assert market.world.value("SELECT cancel_at > now() FROM ccp_discrepancy") is True
    market.compare()
    assert market.accounts().violations == []


def test_sales_without_an_order_are_flagged_once_and_never_cancelled(
    market: Market, caplog: pytest.LogCaptureFixture
) -> None:
    for reference in (None, "made by hand", str(uuid4())):
        market.simulator.sell(market.product_id, 1, reference)
    with caplog.at_level(logging.ERROR):
        market.compare()
        market.compare()
    assert alarms(caplog) == ["ORPHAN"] * 3
    assert len(market.simulator.live()) == 3


def test_a_sale_of_an_order_that_was_refused_is_cancelled(market: Market) -> None:
    market.simulator.misbehave(errorRate=1, errorStatus=422)
    assert market.order("k1").status_code == 422
    market.simulator.behave()
    market.simulator.sell(market.product_id, 2, only_order(market))
    market.compare()
    assert market.simulator.live() == []
    assert market.world.value("SELECT state FROM sales_order") == "REJECTED"


def test_a_sale_of_an_order_under_way_is_watched_until_it_is_settled(market: Market) -> None:
    order = crashed(market)
    market.simulator.sell(market.product_id, 2, order)
    kind = "SELECT kind FROM ccp_discrepancy"
    market.compare()
    assert market.world.value(kind) == "UNSETTLED"
    reconcile(market.world.database, market.settlement, market.ccp)
    market.compare()
    assert market.world.value(kind) == "MATCHED"
    assert market.accounts().violations == []


def test_comparisons_and_cancellations_at_once_do_everything_once(market: Market) -> None:
    for number in range(30):
        market.order(f"k{number}")
    for (order,) in market.world.admin.execute("SELECT id::text FROM sales_order").fetchall():
        market.simulator.sell(market.product_id, 2, str(order))
    market.world.admin.execute("UPDATE ccp_comparison SET due_at = now()")

    def work(_: int) -> tuple[int | None, int]:
        read = comparison.compare(market.world.database, market.ccp)
        return read, discrepancies.cancel_extras(market.world.database, market.ccp)

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(work, range(4)))
    assert sum(read is not None for read, _ in done) == 1
    rest = discrepancies.cancel_extras(market.world.database, market.ccp)
    assert sum(cancelled for _, cancelled in done) + rest == 30
    assert market.accounts().violations == []


def test_a_comparison_goes_on_where_a_dead_one_stopped(market: Market) -> None:
    for _ in range(45):
        market.simulator.sell(market.product_id, 1, None)
    broken = market.ccp.sales_after
    pages: list[int] = []

    def dies_after_two(cursor: int) -> object:
        pages.append(cursor)
        if len(pages) == 3:
            raise RuntimeError("killed")
        return broken(cursor)

    market.ccp.sales_after = dies_after_two  # type: ignore[method-assign,assignment]
    with pytest.raises(RuntimeError):
        comparison.compare(market.world.database, market.ccp)
    market.ccp.sales_after = broken  # type: ignore[method-assign]
    assert comparison.compare(market.world.database, market.ccp) is None, "its turn has not run out"
    whole = len(market.simulator.sales())
    read = market.compare()
    assert read is not None
    assert read < whole
    assert market.world.value("SELECT count(*) FROM ccp_discrepancy WHERE kind = 'ORPHAN'") == 45


def test_a_long_ledger_is_read_in_turns_that_leave_time_for_the_orders(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    market.compare()
    for _ in range(90):
        market.simulator.sell(market.product_id, 1, None)
    monkeypatch.setattr(comparison, "PAGES", 2)
    market.hurry()
    turns = []
    while (read := comparison.compare(market.world.database, market.ccp)) is not None:
        turns.append(read)
    assert max(turns) <= 40
    assert len(turns) >= 3, "the next turn follows at once, until the last page is read"
    assert market.world.value("SELECT count(*) FROM ccp_discrepancy WHERE kind = 'ORPHAN'") == 90


@pytest.mark.parametrize("reference", ["a\0b", "\ud800", "x" * 10_000])
def test_a_reference_that_no_database_keeps_does_not_end_the_comparison(market: Market, reference: str) -> None:
    entry = {"transactionId": str(uuid4()), "reference": reference, "cancelledAt": None}
    sale = LedgerEntry.model_validate(entry)
    with market.world.database.transaction() as connection:
        discrepancies.note(connection, [(sale.transaction_id, sale.reference)])
    assert market.world.value("SELECT kind FROM ccp_discrepancy") == "ORPHAN"
