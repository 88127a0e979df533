"""Whatever prints a sale, an answer or what is on its way to either shows no licence key."""

import traceback
from decimal import Decimal
from uuid import uuid4

import pytest
from pydantic import ValidationError

from services.common.api.idempotency import Known
from services.common.ccp.transport import Reply
from services.order import answers
from services.order.asking import Obtained
from services.order.model import CcpSale, RecordedSale

SECRET = "7QWRX-M2K9P-TTB4C-HN6VE-3ZDJA"
FIELDS = {
    "transactionId": str(uuid4()),
    "serviceItemId": str(uuid4()),
    "amount": 1,
    "pricePerItem": Decimal("10.00"),
    "totalPrice": Decimal("10.00"),
    "discount": 0,
    "licenseKeys": [{"id": str(uuid4()), "key": SECRET}],
    "timestamp": "2026-11-22T12:00:00Z",
}
SALE = CcpSale.model_validate(FIELDS)
ANSWER = answers.sold(uuid4(), SALE)
RECORDED = RecordedSale.model_validate(
    {"transactionId": str(uuid4()), "reference": None, "cancelledAt": None, "answer": FIELDS}
)


def test_the_customer_is_shown_the_key() -> None:
    assert SECRET in ANSWER.body


@pytest.mark.parametrize(
    "thing",
    [
        SALE,
        SALE.license_keys,
        SALE.model_dump(),
        RECORDED,
        Obtained(SALE),
        ANSWER,
        Reply(200, ANSWER.body.encode()),
        Known(None, 201, ANSWER.body),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_nothing_that_is_printed_shows_it(thing: object) -> None:
    assert SECRET not in f"{thing} {thing!r}"
    assert SECRET not in f"{[thing]}"


def test_a_sale_that_is_no_sale_is_refused_without_showing_it() -> None:
    with pytest.raises(ValidationError) as refused:
        CcpSale.model_validate(FIELDS | {"amount": -1})
    told = "".join(traceback.format_exception(refused.value))
    assert SECRET not in told


def test_a_key_with_half_a_character_is_no_key() -> None:
    with pytest.raises(ValidationError):
        CcpSale.model_validate(FIELDS | {"licenseKeys": [{"id": str(uuid4()), "key": "\ud800"}]})
