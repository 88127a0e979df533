"""The sequence of asking: never a second order before a look, and nothing built on a cancelled sale."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from services.common.ccp.client import CcpNotCalled, CcpOutcomeUnknown, CcpRefused
from services.common.ccp.transport import Deadline
from services.order.asking import Obtained, SaleCancelled, chosen, obtain
from services.order.ccp import CcpClient, Purchase
from services.order.model import CcpSale, RecordedSale

PURCHASE = Purchase(uuid4(), uuid4(), 2, uuid4(), uuid4(), (Decimal(10),), "EUR")
UNKNOWN, ASKED_TO_WAIT = CcpOutcomeUnknown("timeout"), CcpOutcomeUnknown("429", 30)
NOT_CALLED, REFUSED = CcpNotCalled("open", 5), CcpRefused("sold out")
Step = Exception | CcpSale | tuple[RecordedSale, ...]


def sale(amount: int = 2) -> CcpSale:
    return CcpSale.model_validate(
        {
            "transactionId": uuid4(),
            "serviceItemId": PURCHASE.service_id,
            "amount": amount,
            "pricePerItem": "10",
            "totalPrice": 10 * amount,
            "discount": 0,
            "licenseKeys": [{"id": uuid4(), "key": f"{number}"} for number in range(amount)],
            "timestamp": datetime.now(UTC),
        }
    )


def recorded(answer: CcpSale, *, cancelled: bool = False) -> RecordedSale:
    return RecordedSale.model_validate(
        {
            "transactionId": answer.transaction_id,
            "reference": str(PURCHASE.order_id),
            "cancelledAt": datetime.now(UTC) if cancelled else None,
            "answer": answer.model_dump(by_alias=True),
        }
    )


class Scripted(CcpClient):
    """Answers each call with the next step, and writes down which call it was."""

    def __init__(self, *steps: Step) -> None:
        self.steps, self.calls = list(steps), ""

    def deadline(self) -> Deadline:
        return Deadline(10)

    def buy(self, purchase: Purchase, deadline: Deadline, renewal: int = 0) -> CcpSale:
        self.calls += f"B{renewal or ''}"
        step = self._next()
        assert isinstance(step, CcpSale)
        return step

    def sales_of(self, order_id: UUID, deadline: Deadline) -> tuple[RecordedSale, ...]:
        self.calls += "L"
        step = self._next()
        assert isinstance(step, tuple)
        return step

    def _next(self) -> Step:
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        return step


SOLD = sale()
GOOD: dict[str, tuple[int, list[Step], str]] = {
    "at once": (1, [SOLD], "B"),
    "answer lost, found": (1, [UNKNOWN, (recorded(SOLD),)], "BL"),
    "call lost, bought again": (1, [UNKNOWN, (), SOLD], "BLB"),
    "somebody was here before, found": (2, [(recorded(SOLD),)], "L"),
    "somebody was here before, nothing there": (2, [(), SOLD], "LB"),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_sale_is_obtained(name: str) -> None:
    attempt, steps, calls = GOOD[name]
    ccp = Scripted(*steps)
    purchase = replace(PURCHASE, attempt=attempt)
    assert obtain(ccp, purchase, 0).sale == SOLD
    assert ccp.calls == calls


BAD: dict[str, tuple[int, list[Step], str, type[Exception]]] = {
    "refused": (1, [REFUSED], "B", CcpRefused),
    "circuit open": (1, [NOT_CALLED], "B", CcpNotCalled),
    "asked to wait": (1, [ASKED_TO_WAIT], "B", CcpOutcomeUnknown),
    "no look, no second order": (1, [UNKNOWN, UNKNOWN], "BL", CcpOutcomeUnknown),
    "circuit opened by the first call": (1, [UNKNOWN, NOT_CALLED], "BL", CcpOutcomeUnknown),
    "circuit opened by the look": (1, [UNKNOWN, (), NOT_CALLED], "BLB", CcpOutcomeUnknown),
    "later: no look, no order": (2, [UNKNOWN], "L", CcpOutcomeUnknown),
    "later: circuit open": (2, [NOT_CALLED], "L", CcpNotCalled),
    "later: refused": (2, [(), REFUSED], "LB", CcpRefused),
    "cancelled": (2, [(recorded(SOLD, cancelled=True),)], "L", SaleCancelled),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_not_known_is_not_guessed(name: str) -> None:
    attempt, steps, calls, expected = BAD[name]
    ccp = Scripted(*steps)
    purchase = replace(PURCHASE, attempt=attempt)
    with pytest.raises(expected) as caught:
        obtain(ccp, purchase, 0)
    assert type(caught.value) is expected
    assert ccp.calls == calls


def test_a_sale_that_a_person_knew_to_be_cancelled_is_bought_anew() -> None:
    known = replace(PURCHASE, attempt=2, void=1)
    ccp = Scripted((recorded(SOLD, cancelled=True),), sale())
    obtain(ccp, known, 0)
    assert ccp.calls == "LB1"
    twice = (recorded(SOLD, cancelled=True), recorded(sale(), cancelled=True))
    with pytest.raises(SaleCancelled) as caught:
        obtain(Scripted(twice), known, 0)
    assert caught.value.count == 2


def ids(*sales: CcpSale) -> tuple[UUID, ...]:
    return tuple(entry.transaction_id for entry in sales)


CHOICES: dict[str, Callable[[CcpSale, CcpSale, CcpSale], tuple[tuple[RecordedSale, ...], Obtained]]] = {
    "the oldest": lambda a, b, c: ((recorded(a), recorded(b)), Obtained(a, ids(b), 2)),
    "the oldest that is as ordered": lambda a, b, c: (
        (recorded(c), recorded(a), recorded(b)),
        Obtained(a, ids(c, b), 3),
    ),
    "a wrong one rather than none": lambda a, b, c: ((recorded(c),), Obtained(c)),
    "never a cancelled one": lambda a, b, c: ((recorded(a, cancelled=True), recorded(b)), Obtained(b, (), 2)),
}


@pytest.mark.parametrize("name", CHOICES)
def test_of_several_sales_one_is_the_orders(name: str) -> None:
    sales, expected = CHOICES[name](sale(), sale(), sale(1))
    assert chosen(sales, PURCHASE) == expected


def test_without_sales_there_is_nothing_to_choose() -> None:
    assert chosen((), PURCHASE) is None
