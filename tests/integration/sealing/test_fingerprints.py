"""A licence key that the CCP issues twice is noticed, though the database knows no key."""

from uuid import uuid4

import pytest

from services.order.model import CcpSale
from tests.integration.conftest import World
from tests.support.shop import Shop


@pytest.fixture
def shop(world: World) -> Shop:
    return Shop(world)


def issuing(shop: Shop, key: str) -> None:
    """Has the CCP issue that key with its next sales, each time as another licence."""

    def script(sale: CcpSale) -> CcpSale:
        fields = sale.model_dump(by_alias=True)
        fields["licenseKeys"][0] |= {"id": uuid4(), "key": key}
        return CcpSale.model_validate(fields)

    shop.ccp.script = script


def state(shop: Shop) -> object:
    return shop.world.value("SELECT state FROM sales_order ORDER BY created_at DESC LIMIT 1")


def test_by_whichever_process_and_for_whichever_customer(shop: Shop) -> None:
    issuing(shop, "7QWRX-M2K9P")
    assert shop.order().status_code == 201
    another = Shop(shop.world)
    issuing(another, "7QWRX-M2K9P")
    theirs = another.body(subscriptionId=str(shop.world.customer("siam").subscription_id))
    refused = another.order(theirs, who="siam")
    assert refused.status_code == 202
    assert state(shop) == "PARKED"
    assert b"7QWRX" not in refused.data
    assert shop.world.value("SELECT count(*) FROM license") == 2


def test_also_after_a_data_key_was_renewed(shop: Shop) -> None:
    issuing(shop, "7QWRX-M2K9P")
    shop.order()
    shop.vault.forget()
    assert shop.order().status_code == 202
    assert state(shop) == "PARKED"


def test_another_key_is_another_key(shop: Shop) -> None:
    for key in ("7QWRX-M2K9P", "7QWRX-M2K9p", "7QWRX-M2K9P "):
        issuing(shop, key)
        assert shop.order().status_code == 201
