"""Orders and repetitions while KMS does not answer, or while a failover has taken the data key's row away."""

import pytest

from local.machine.postgres import Postgres
from services.common.ccp.schedule import MAX_ATTEMPTS
from services.common.database import Database
from services.common.errors import Unavailable
from services.order.reconciler import reconcile
from tests.integration.conftest import World
from tests.support import postgres
from tests.support.shop import Shop


@pytest.fixture
def shop(world: World) -> Shop:
    return Shop(world)


def later(shop: Shop) -> None:
    shop.world.admin.execute("UPDATE sales_order SET leased_until = now()")


def state(shop: Shop) -> object:
    return shop.world.value("SELECT state FROM sales_order")


def test_nothing_is_bought_that_could_not_be_kept_and_the_order_goes_on_by_itself(shop: Shop) -> None:
    shop.keys.down = True
    first, second = shop.order(key="k1"), shop.order(key="k1")
    assert (first.status_code, second.status_code, second.data) == (202, 202, first.data)
    assert shop.ccp.calls == []
    assert state(shop) == "RESERVED"
    later(shop)
    with pytest.raises(Unavailable):
        reconcile(shop.world.database, shop.settlement, shop.ccp)
    shop.keys.down = False
    assert reconcile(shop.world.database, shop.settlement, shop.ccp) == 1
    assert len(shop.ccp.calls) == 1
    assert state(shop) == "CONFIRMED"
    assert shop.order(key="k1").status_code == 201


def test_an_outage_of_kms_uses_up_no_attempt_however_long_it_is(shop: Shop) -> None:
    shop.keys.down = True
    shop.order(key="k1")
    for _ in range(2 * MAX_ATTEMPTS):
        later(shop)
        assert shop.order(key="k1").status_code == 202
    assert shop.world.value("SELECT ccp_attempts FROM sales_order") == 1
    shop.keys.down = False
    later(shop)
    assert shop.order(key="k1").status_code == 201


def test_a_process_that_has_its_keys_goes_on_selling(shop: Shop) -> None:
    shop.settlement.prepare()
    shop.keys.down = True
    first = shop.order(key="k1")
    assert first.status_code == 201
    assert shop.order(key="k1").data == first.data


def test_kms_is_not_asked_between_the_sale_and_its_confirmation(shop: Shop) -> None:
    def sold(sale: object) -> object:
        shop.keys.down = True
        shop.vault.forget()
        return sale

    shop.ccp.script = sold  # type: ignore[assignment]
    assert shop.order(key="k1").status_code == 201
    assert state(shop) == "CONFIRMED"


def test_a_repetition_that_cannot_be_opened_is_told_to_come_again(shop: Shop) -> None:
    first = shop.order(key="k1")
    another = Shop(shop.world)
    another.keys.down = True
    refused = another.order(key="k1")
    assert refused.status_code == 503
    assert refused.headers["Retry-After"]
    assert refused.json["type"].endswith("/unavailable")  # type: ignore[index]
    another.keys.down = False
    again = another.order(key="k1")
    assert (again.status_code, again.data) == (201, first.data)


def test_whoever_comes_late_and_cannot_open_the_answer_is_told_to_come_again(shop: Shop) -> None:
    shop.order(key="k1")
    late = Shop(shop.world)
    late.settlement.prepare()
    late.ccp.sales = shop.ccp.sales
    late.keys.down = True
    with pytest.raises(Unavailable):
        late.settlement.settle(shop.ccp.calls[0])


def test_what_is_no_secret_is_repeated_without_kms(shop: Shop) -> None:
    shop.ccp.script = lambda sale: sale.model_copy(update={"license_keys": []})
    parked = shop.order(key="k1")
    another = Shop(shop.world)
    another.keys.down = True
    assert another.order(key="k1").data == parked.data


def test_a_data_key_that_a_failover_has_lost_costs_one_attempt_and_no_sale(shop: Shop) -> None:
    shop.settlement.prepare()
    shop.world.admin.execute("DELETE FROM data_key WHERE kind = 'SEAL'")
    assert shop.order(key="k1").status_code == 202
    assert state(shop) == "RESERVED"
    later(shop)
    assert reconcile(shop.world.database, shop.settlement, shop.ccp) == 1
    assert len(shop.ccp.calls) == 1, "the sale was found again, not made again"
    assert state(shop) == "CONFIRMED"
    assert shop.order(key="k1").status_code == 201


def test_one_connection_is_enough_since_none_is_held_while_keys_are_fetched(world: World, server: Postgres) -> None:
    database = Database(postgres.settings_of(server), size=1)
    try:
        shop = Shop(World(database, world.admin, world.customers, world.subjects))
        first = shop.order(key="k1")
        another = Shop(shop.world)
        assert (first.status_code, another.order(key="k1").data) == (201, first.data)
    finally:
        database.close()


def test_an_answer_that_was_moved_to_another_order_is_not_given(shop: Shop) -> None:
    shop.order(key="k1")
    shop.order(key="k2")
    shop.world.admin.execute(
        """
        UPDATE idempotency_key mine SET sealed_body = theirs.sealed_body, data_key_id = theirs.data_key_id
        FROM idempotency_key theirs WHERE mine.key = 'k1' AND theirs.key = 'k2'
        """
    )
    answer = shop.order(key="k1")
    assert answer.status_code == 500
    assert b"KEY-" not in answer.data
