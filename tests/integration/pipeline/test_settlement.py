"""Settling an order that several processes ask about, that the CCP answers oddly, or that nobody answers."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from services.common.ccp.client import CcpOutcomeUnknown, CcpRefused
from services.common.ccp.schedule import MAX_ATTEMPTS
from services.order.model import CcpSale
from services.order.reconciler import reconcile
from tests.integration.conftest import World
from tests.support.shop import Shop


@pytest.fixture
def shop(world: World) -> Shop:
    return Shop(world)


def state(shop: Shop) -> object:
    return shop.world.value("SELECT state FROM sales_order")


def overdue(shop: Shop) -> None:
    shop.world.admin.execute("UPDATE sales_order SET leased_until = now()")


def test_fifty_requests_with_one_key_are_one_order(shop: Shop) -> None:
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: shop.order(key="k1").status_code, range(50)))
    assert set(answers) <= {201, 409}
    assert 201 in answers
    assert len(shop.ccp.calls) == shop.world.value("SELECT count(*) FROM sales_order") == 1


def test_who_comes_late_changes_nothing_and_gives_the_same_answer(shop: Shop) -> None:
    first = shop.order(key="k1")
    [purchase] = shop.ccp.calls
    for outcome in (CcpRefused("gone"), CcpOutcomeUnknown("timeout"), lambda sale: sale):
        shop.ccp.script = outcome
        late = shop.settlement.settle(purchase)
        assert (late.status, late.body) == (201, first.text)
    assert state(shop) == "CONFIRMED"
    assert shop.world.value("SELECT count(*) FROM outbox") == 1


def test_who_comes_late_without_a_key_is_told_the_state(shop: Shop) -> None:
    shop.order()
    late = shop.settlement.settle(shop.ccp.calls[0])
    assert late.status == 202
    assert "CONFIRMED" in late.body


def test_a_repetition_hears_that_the_order_is_pending_until_it_is_settled(shop: Shop) -> None:
    shop.ccp.script = CcpOutcomeUnknown("timeout")
    first, second = shop.order(key="k1"), shop.order(key="k1")
    assert (second.status_code, second.data) == (202, first.data)
    shop.ccp.script = lambda sale: sale
    overdue(shop)
    assert reconcile(shop.world.database, shop.settlement, shop.ccp)
    assert shop.order(key="k1").status_code == 201


def test_an_order_without_a_clear_outcome_is_parked_in_the_end(shop: Shop) -> None:
    shop.ccp.script = CcpOutcomeUnknown("the CCP answered 500")
    shop.order(key="k1")
    shop.world.admin.execute("UPDATE sales_order SET ccp_attempts = %s", (MAX_ATTEMPTS - 1,))
    overdue(shop)
    assert reconcile(shop.world.database, shop.settlement, shop.ccp)
    assert state(shop) == "PARKED"
    assert "answered 500" in str(shop.world.value("SELECT reason FROM sales_order"))
    assert shop.order(key="k1").json["state"] == "PARKED"  # type: ignore[index]


def test_the_reconciler_leases_only_what_it_asks_about(shop: Shop) -> None:
    shop.ccp.script = CcpOutcomeUnknown("timeout")
    for _ in range(3):
        shop.order()
    shop.ccp.script = RuntimeError("dies in the first call")
    overdue(shop)
    with pytest.raises(RuntimeError):
        reconcile(shop.world.database, shop.settlement, shop.ccp)
    assert shop.world.value("SELECT count(*) FROM sales_order WHERE leased_until <= now()") == 2
    shop.ccp.script = lambda sale: sale
    assert reconcile(shop.world.database, shop.settlement, shop.ccp) == 2


UNRECORDABLE: dict[str, Callable[[CcpSale], CcpSale]] = {
    "a price finer than a manifest's": lambda sale: sale.model_copy(update={"price_per_item": Decimal("0.123456789")}),
}


@pytest.mark.parametrize("name", UNRECORDABLE)
def test_a_sale_that_cannot_be_recorded_is_parked(shop: Shop, name: str) -> None:
    shop.ccp.script = UNRECORDABLE[name]
    assert shop.order().status_code == 202
    assert state(shop) == "PARKED"
    assert shop.world.value("SELECT count(*) FROM license") == 0
