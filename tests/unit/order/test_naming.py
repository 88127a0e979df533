"""The ids of purchases: the same request has the same one, and nothing else has it."""

from uuid import uuid4

from services.common.api.idempotency import Claim, Key
from services.order.naming import is_purchase, purchase_id

CUSTOMER = uuid4()


def claim(key: str = "k1", body: str = "a body", customer: object = CUSTOMER) -> Claim:
    return Claim("POST /create-order", Key(key), body, customer=customer)  # type: ignore[arg-type]


def test_the_same_request_has_the_same_id() -> None:
    assert purchase_id(claim()) == purchase_id(claim())


def test_another_key_body_or_customer_has_another_id() -> None:
    ids = {purchase_id(claim()), purchase_id(claim(key="k2")), purchase_id(claim(body="b"))}
    assert len(ids | {purchase_id(claim(customer=uuid4()))}) == 4


def test_without_a_key_each_request_is_one_of_its_own() -> None:
    assert purchase_id(None) != purchase_id(None)


def test_a_purchase_is_told_from_a_change_of_licences() -> None:
    assert is_purchase(purchase_id(None))
    assert is_purchase(purchase_id(claim()))
    assert not is_purchase(uuid4())
