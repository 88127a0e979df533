"""Licence keys and answers that an earlier release has left in clear are sealed, all of them, once and for all."""

import json
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest

from services.common.errors import Unavailable
from services.common.sealing import license_keys
from services.common.sealing.cipher import NotGenuine
from services.order import clear_keys
from services.order.clear_keys import BATCH, seal_left_over
from tests.integration.conftest import World
from tests.support.canaries import Canaries
from tests.support.keys import Keys, vault
from tests.support.shop import Shop

LICENSE = "SELECT id, customer_id, key, sealed_key, data_key_id FROM license WHERE id = %s"


@pytest.fixture
def shop(world: World) -> Shop:
    return Shop(world)


def in_clear(shop: Shop, keys: list[str]) -> list[UUID]:
    """Licences beside an order's own, as the release before would have written them."""
    item = shop.world.value("SELECT id FROM subscription_item LIMIT 1")
    ids = [uuid4() for _ in keys]
    for license_id, key in zip(ids, keys, strict=True):
        shop.world.admin.execute(
            "INSERT INTO license (id, subscription_item_id, key) VALUES (%s, %s, %s)", (license_id, item, key)
        )
    return ids


def seal(shop: Shop) -> int:
    return seal_left_over(shop.world.database, shop.vault)


def opened(shop: Shop, license_id: UUID) -> str:
    with shop.world.database.transaction() as connection:
        row = connection.execute(LICENSE, (license_id,)).fetchone()
    assert row is not None
    return license_keys.opened(shop.vault, row)


def test_keys_in_clear_are_sealed_batch_after_batch_and_read_either_way(shop: Shop) -> None:
    shop.order()
    keys = [f"OLD-{number}-{uuid4()}" for number in range(2 * BATCH + 1)]
    ids = in_clear(shop, keys)
    assert [opened(shop, license_id) for license_id in ids[:3]] == keys[:3]
    assert seal(shop) == len(keys)
    assert Canaries(keys).in_database(shop.world.admin) == []
    assert [opened(shop, license_id) for license_id in ids] == keys
    assert shop.world.value("SELECT count(*) FROM license WHERE key_fingerprint IS NULL") == 0
    assert seal(shop) == 0


def test_an_answer_in_clear_is_sealed_and_replayed_byte_for_byte(shop: Shop) -> None:
    first = shop.order(key="k1")
    shop.world.admin.execute(
        "UPDATE idempotency_key SET body = %s, sealed_body = NULL, data_key_id = NULL", (first.text,)
    )
    assert shop.order(key="k1").data == first.data
    assert seal(shop) == 1
    assert shop.world.value("SELECT body IS NULL FROM idempotency_key")
    assert shop.order(key="k1").data == first.data


def test_an_answer_without_keys_stays_as_it_is(shop: Shop) -> None:
    shop.ccp.script = lambda sale: sale.model_copy(update={"license_keys": []})
    parked = shop.order(key="k1")
    assert seal(shop) == 0
    assert json.loads(str(shop.world.value("SELECT body FROM idempotency_key"))) == parked.json


def test_several_processes_share_the_work_and_seal_nothing_twice(shop: Shop) -> None:
    shop.order()
    keys = [f"OLD-{number}-{uuid4()}" for number in range(4 * BATCH)]
    ids = in_clear(shop, keys)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: seal_left_over(shop.world.database, vault(shop.world.database)), range(4)))
    assert sum(done) + seal(shop) == len(keys)
    assert [opened(shop, license_id) for license_id in ids] == keys


def test_a_key_that_was_issued_twice_is_sealed_all_the_same_and_told_to_operators(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    shop.order()
    key = next(iter(shop.ccp.sales.values())).license_keys[0].key.get_secret_value()
    [twice] = in_clear(shop, [key])
    assert seal(shop) == 1
    assert opened(shop, twice) == key
    assert Canaries([key]).in_database(shop.world.admin) == []
    assert [record.getMessage() for record in caplog.records].count("license-key-issued-twice") == 1
    assert key not in caplog.text
    assert str(twice) in str([record.__dict__.get("reason") for record in caplog.records])


def test_a_turn_ends_so_that_orders_are_not_kept_waiting(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clear_keys, "BATCH", 2)
    monkeypatch.setattr(clear_keys, "BATCHES", 3)
    shop.order()
    in_clear(shop, [f"OLD-{uuid4()}" for _ in range(10)])
    assert [seal(shop), seal(shop), seal(shop)] == [6, 4, 0]


def test_without_kms_everything_stays_as_it_is(shop: Shop) -> None:
    shop.order()
    in_clear(shop, ["OLD-1-canary"])
    keys = Keys()
    keys.down = True
    with pytest.raises(Unavailable):
        seal_left_over(shop.world.database, vault(shop.world.database, keys))
    assert shop.world.value("SELECT count(*) FROM license WHERE key IS NOT NULL") == 1


def test_a_key_of_another_licence_or_customer_does_not_open(shop: Shop) -> None:
    shop.order()
    one, other = in_clear(shop, ["OLD-1-canary", "OLD-2-canary"])
    seal(shop)
    shop.world.admin.execute(
        """
        UPDATE license l SET sealed_key = o.sealed_key, data_key_id = o.data_key_id FROM license o
        WHERE l.id = %s AND o.id = %s
        """,
        (one, other),
    )
    shop.world.admin.execute(
        "UPDATE license SET customer_id = (SELECT id FROM customer WHERE id <> customer_id LIMIT 1) WHERE id = %s",
        (other,),
    )
    for license_id in (one, other):
        with pytest.raises(NotGenuine):
            opened(shop, license_id)
