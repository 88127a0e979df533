"""Orders that the CCP has not sold as ordered, or not at all: readable, restartable, and in the end sold once."""

from decimal import Decimal

import pytest

from services.common.ccp.schedule import MAX_ATTEMPTS
from services.order import settlement
from services.order.reconciler import reconcile
from tests.support.market import Market, document

STATE, REASON = "SELECT state FROM sales_order", "SELECT reason FROM sales_order"


def parked(market: Market) -> str:
    """The reason why the only order waits for a person."""
    assert market.world.value(STATE) == "PARKED"
    return str(market.world.value(REASON))


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
    market.cancel_all()
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
    market.cancel_all()
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
