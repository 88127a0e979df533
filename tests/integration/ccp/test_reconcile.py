"""Orders before a CCP that misbehaves, over a real socket: whatever it does, sales and orders agree in the end."""

import logging
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from uuid import UUID, uuid4

import pytest

from services.common import orders
from services.common.ccp.schedule import MAX_ATTEMPTS
from services.order import comparison, discrepancies
from services.order.leases import lease
from services.order.model import LedgerEntry
from services.order.reconciler import reconcile
from tests.integration.conftest import World
from tests.support.market import MIX, Market, alarms, crashed, document, only_order

SEED = 20261122


LOST_ANSWERS = {
    "hang": {"hangAfterAcceptRate": 1, "hangSeconds": 1},
    "drop": {"dropAfterAcceptRate": 1},
}


@pytest.mark.parametrize("keys", ["keys", "no keys"])
@pytest.mark.parametrize("fault", LOST_ANSWERS)
def test_a_sale_whose_answer_is_lost_is_found_within_the_request(market: Market, fault: str, keys: str) -> None:
    market.simulator.misbehave(**LOST_ANSWERS[fault], ignoreIdempotencyKeys=keys == "no keys")
    answer = market.order("k1")
    assert answer.status_code == 201
    [sale] = market.simulator.live()
    assert document(answer)["transactionId"] == sale["transactionId"]
    assert market.order("k1").data == answer.data
    assert market.accounts().violations == []


def test_an_error_is_waited_out_and_the_key_replays_first_202_then_201(market: Market) -> None:
    market.simulator.misbehave(errorRate=1, errorStatus=500)
    first = market.order("k1")
    assert (first.status_code, document(first)["state"]) == (202, "RESERVED")
    assert market.order("k1").data == first.data
    market.simulator.behave()
    assert market.simulator.live() == []
    assert market.settle_all() == 1
    done, again = market.order("k1"), market.order("k1")
    assert (done.status_code, done.data) == (201, again.data)
    assert done.headers["Location"] == first.headers["Location"]
    assert market.accounts().violations == []


def test_a_ccp_that_is_down_is_left_alone_and_orders_wait(market: Market) -> None:
    market.gate._clock = lambda: 0.0
    market.simulator.misbehave(errorRate=1)
    answers = [market.order(f"k{number}") for number in range(20)]
    assert {answer.status_code for answer in answers} == {202}
    assert market.ccp.wait() > 0
    market.simulator.behave()
    assert market.order("late").status_code == 202
    market.hurry()
    assert reconcile(market.world.database, market.settlement, market.ccp) == 0
    assert market.simulator.live() == []
    market.gate._clock = lambda: 60.0
    market.settle_all()
    assert market.accounts().states == {"CONFIRMED": 21}
    assert market.accounts().violations == []


def test_a_retry_after_is_remembered_across_requests(market: Market) -> None:
    market.gate._clock = lambda: 0.0
    market.simulator.misbehave(errorRate=1, errorStatus=429, retryAfterSeconds=30)
    assert market.order("k1").status_code == 202
    assert market.ccp.wait() == 30
    market.simulator.behave()
    assert market.order("k2").status_code == 202
    market.hurry()
    assert reconcile(market.world.database, market.settlement, market.ccp) == 0
    assert market.simulator.live() == []
    attempts = "SELECT array_agg(ccp_attempts ORDER BY created_at) FROM sales_order"
    assert market.world.value(attempts) == [1, 1]
    market.gate._clock = lambda: 31.0
    market.settle_all()
    assert market.accounts().states == {"CONFIRMED": 2}


def test_an_attempt_in_which_the_ccp_was_not_called_does_not_count(market: Market) -> None:
    order = crashed(market)
    market.gate._clock = lambda: 0.0
    market.gate.failed(retry_after=30)
    with market.world.database.transaction() as connection:
        purchase = lease(connection, UUID(order))
    assert purchase is not None
    assert purchase.attempt == 2
    assert market.settlement.settle(purchase).status == 202
    assert market.world.value("SELECT ccp_attempts FROM sales_order") == 1
    due = market.world.value("SELECT extract(epoch FROM leased_until - now())::float FROM sales_order")
    assert 20 < float(str(due)) <= 30, "it comes back when the gate opens"


def test_bursts_of_429_end_in_one_sale_each(market: Market) -> None:
    market.simulator.misbehave(errorRate=0.5, errorStatus=429, retryAfterSeconds=2, seed=SEED)
    market.order_many(60, 6)
    market.hurry()
    market.await_gate()
    reconcile(market.world.database, market.settlement, market.ccp)
    assert market.world.value("SELECT count(*) FROM sales_order WHERE state = 'RESERVED'"), "there was no burst"
    market.simulator.behave()
    market.settle_all()
    assert market.accounts().states == {"CONFIRMED": 60}
    assert market.accounts().violations == []


def test_a_partial_fill_is_parked_and_kept_for_a_person(market: Market, caplog: pytest.LogCaptureFixture) -> None:
    market.simulator.misbehave(partialFillRate=1, seed=1)
    answer = market.order("k1", 5)
    assert document(answer)["state"] == "PARKED"
    market.simulator.behave()
    with caplog.at_level(logging.ERROR):
        market.compare()
        market.compare()
    assert alarms(caplog) == ["PARKED"]
    assert len(market.simulator.live()) == 1
    assert market.accounts().violations == []


def test_a_request_that_died_before_its_call_is_bought_once(market: Market) -> None:
    crashed(market)
    assert reconcile(market.world.database, market.settlement, market.ccp) == 1
    assert market.accounts().states == {"CONFIRMED": 1}
    assert market.accounts().violations == []


def test_a_request_that_died_after_its_call_is_confirmed_from_the_ledger(market: Market) -> None:
    order = crashed(market)
    market.simulator.misbehave(ignoreIdempotencyKeys=True)
    transaction = market.simulator.sell(market.product_id, 2, order)
    assert reconcile(market.world.database, market.settlement, market.ccp) == 1
    assert market.world.value("SELECT ccp_transaction_id::text FROM sales_order") == transaction
    assert len(market.simulator.live()) == 1


def test_of_two_sales_found_for_an_order_the_older_good_one_stays(
    market: Market, caplog: pytest.LogCaptureFixture
) -> None:
    order = crashed(market)
    market.simulator.misbehave(ignoreIdempotencyKeys=True)
    _, kept, _ = (market.simulator.sell(market.product_id, amount, order) for amount in (1, 2, 2))
    with caplog.at_level(logging.ERROR):
        reconcile(market.world.database, market.settlement, market.ccp)
    assert discrepancies.cancel_extras(market.world.database, market.ccp) == 2
    assert alarms(caplog) == ["DOUBLE", "DOUBLE"]
    assert [sale["transactionId"] for sale in market.simulator.live()] == [kept]
    assert market.accounts().violations == []
    assert discrepancies.cancel_extras(market.world.database, market.ccp) == 0


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


def test_an_order_whose_sale_the_ccp_has_cancelled_is_parked_not_confirmed(market: Market) -> None:
    order = crashed(market)
    market.ccp.cancel(market.simulator.sell(market.product_id, 2, order))  # type: ignore[arg-type]
    reconcile(market.world.database, market.settlement, market.ccp)
    assert market.world.value("SELECT state FROM sales_order") == "PARKED"
    assert "cancelled" in str(market.world.value("SELECT reason FROM sales_order"))


def test_the_waits_grow_until_a_person_is_asked_and_a_restart_begins_anew(market: Market) -> None:
    clock = count(0, 100)
    market.gate._clock = lambda: next(clock)
    market.simulator.misbehave(errorRate=1, errorStatus=500)
    market.order("k1")
    waits = []
    for _ in range(MAX_ATTEMPTS - 1):
        due = market.world.value("SELECT extract(epoch FROM leased_until - now())::float FROM sales_order")
        waits.append(round(float(str(due)), -1))
        market.hurry()
        market.await_gate()
        assert reconcile(market.world.database, market.settlement, market.ccp) == 1
    assert waits == [30, 120, 600] + [3600] * (MAX_ATTEMPTS - 4)
    assert market.world.value("SELECT state FROM sales_order") == "PARKED"
    assert f"{MAX_ATTEMPTS} attempts" in str(market.world.value("SELECT reason FROM sales_order"))
    market.simulator.behave()
    with market.world.database.transaction() as connection:
        orders.resume(connection, market.world.value("SELECT id FROM sales_order"), orders.State.RESERVED, "restarted")  # type: ignore[arg-type]
    market.world.admin.execute("UPDATE sales_order SET leased_until = now() - interval '1 s'")
    with market.world.database.transaction() as connection:
        purchase = lease(connection, market.world.value("SELECT id FROM sales_order"))  # type: ignore[arg-type]
    assert purchase is not None
    assert purchase.attempt == 2
    market.await_gate()
    market.settlement.settle(purchase)
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


def test_fifty_at_once_with_one_key_make_one_order(market: Market) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: market.order("same"), range(50)))
    assert {answer.status_code for answer in answers} <= {201, 202, 409}
    assert len({answer.data for answer in answers if answer.status_code == 201}) == 1
    assert market.accounts().states == {"CONFIRMED": 1}
    assert market.accounts().violations == []


@pytest.mark.parametrize("keys", ["keys", "no keys"])
def test_sales_equal_orders_after_reconciliation(market: Market, keys: str) -> None:
    market.simulator.misbehave(**MIX, ignoreIdempotencyKeys=keys == "no keys", seed=SEED)
    answers = market.order_many(300, 8)
    assert {answer.status_code for answer in answers} <= {201, 202}
    market.settle_all()
    market.simulator.behave()
    assert market.charge_twice(20) == 20
    market.compare()
    accounts = market.accounts()
    assert accounts.violations == []
    assert accounts.states["CONFIRMED"] + accounts.states["PARKED"] == 300
    assert accounts.states["PARKED"] < 40
    taken_back, flagged = market.take_back(15)
    assert flagged == taken_back


def test_not_even_a_ccp_without_keys_sells_twice_within_requests(world: World, market: Market) -> None:
    patient = Market(world, market.simulator, read_seconds=1.5)
    faults = {"errorRate": 0.15, "hangAfterAcceptRate": 0.05, "hangSeconds": 4, "dropAfterAcceptRate": 0.15}
    market.simulator.misbehave(**faults, ignoreIdempotencyKeys=True, seed=SEED)
    patient.order_many(120, 8)
    market.simulator.behave()
    references = [sale["reference"] for sale in market.simulator.live()]
    assert len(references) == len(set(references)) > 100
