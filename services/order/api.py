"""The operations of the order service."""

from typing import Any

from services.common.api import Example, Operation
from services.common.errors import CcpRejected, NotFound, NotPossible
from services.order.api_models import (
    AcceptedAnswer,
    CreateOrder,
    CreateOrderQuery,
    OrderAnswer,
    OrdersAnswer,
    OrdersQuery,
    QuoteAnswer,
    SoldAnswer,
)

_ID = "0f6f2d1e-52b8-4f53-9a55-2c1a7d6d9b10"
_COMMAND = {
    "ccpServiceItemId": "2786d9fb-aa4e-4778-8abb-11a546852728",
    "amount": 1,
    "subscriptionId": "b7a0c3c4-5b1c-5a3e-8f49-1f0a4c1d2e3f",
}
_TRANSACTION = "9c1d4f7a-4e1b-4a38-9c55-8d2f6b7a1e20"
_SUMMARY: dict[str, Any] = {
    "id": _ID,
    "kind": "PURCHASE",
    "state": "EMAILED",
    "reason": None,
    **_COMMAND,
    "productName": "Nimbus Office Business",
    "salesPrice": "13.81",
    "currency": "EUR",
    "transactionId": _TRANSACTION,
    "invoiceNumber": "EU-000042",
    "invoiceTotal": "16.99",
    "createdAt": "2026-11-22T12:00:00Z",
}
_STAGES = [
    {"stage": stage, "at": f"2026-11-22T12:00:0{second}Z", "detail": detail}
    for second, (stage, detail) in enumerate(
        (
            ("RESERVED", None),
            ("CONFIRMED", None),
            ("INVOICED", "EU-000042"),
            ("DOCUMENTED", None),
            ("EMAILED", None),
        )
    )
]

CREATE = Operation(
    method="POST",
    path="/create-order",
    name="createOrder",
    summary="Order licences",
    description="201: bought. 202: kept, and not bought yet or not as ordered; its address tells what becomes of it. "
    "200: with `dryRun=true`, what it would come to; nothing is ordered. After a 503 repeat the same request with the "
    "same key: it never buys twice, and gets the same answer. Without a key a repetition is a second order.",
    body=CreateOrder,
    query=CreateOrderQuery,
    answer=SoldAnswer,
    status=201,
    also={200: QuoteAnswer, 202: AcceptedAnswer},
    problems=(CcpRejected, NotFound, NotPossible),
    key=True,
    examples=(
        Example(
            "One licence",
            {
                "transactionId": _TRANSACTION,
                "ccpServiceItemId": _COMMAND["ccpServiceItemId"],
                "amount": 1,
                "pricePerItem": 11.7,
                "totalPrice": 11.7,
                "discount": 0,
                "licenseKeys": [{"id": "5e0c6a1b-9f3d-4c7e-8a21-7b4d2f1e6c33", "key": "7QWRX-M2K9P-TTB4C-HN6VE-3ZDJA"}],
                "timestamp": "2026-11-22T12:00:00.123Z",
            },
            body=_COMMAND,
        ),
    ),
)
LIST = Operation(
    method="GET",
    path="/orders",
    name="listOrders",
    summary="List your orders, the latest first",
    query=OrdersQuery,
    answer=OrdersAnswer,
    examples=(Example("A page of one order", {"orders": [_SUMMARY], "next": None}),),
)
GET = Operation(
    method="GET",
    path="/orders/{id}",
    name="getOrder",
    summary="Read an order and what has become of it",
    answer=OrderAnswer,
    examples=(Example("An order that is done", {**_SUMMARY, "cancellation": None, "stages": _STAGES}),),
)
CANCEL = Operation(
    method="POST",
    path="/orders/{id}/cancel",
    name="cancelOrder",
    summary="Cancel an order",
    description="200: cancelled; its licences are gone and its invoice, if it has one, is credited. 202: kept, and "
    "goes on by itself; the order tells what becomes of it. 409: it cannot be cancelled: not after seven days, not "
    "once its licences were changed, and not if the cloud provider does not agree.",
    answer=OrderAnswer,
    also={202: OrderAnswer},
    problems=(NotPossible,),
    key=True,
    examples=(
        Example(
            "An order that was invoiced before",
            {
                **_SUMMARY,
                "state": "CANCELLED",
                "cancellation": {"askedAt": "2026-11-22T15:00:00Z", "outcome": "CANCELLED", "reason": None},
                "stages": [
                    *_STAGES,
                    {"stage": "CANCEL_ASKED", "at": "2026-11-22T15:00:00Z", "detail": None},
                    {"stage": "CANCELLED", "at": "2026-11-22T15:00:01Z", "detail": None},
                ],
            },
        ),
    ),
)

OPERATIONS = (CREATE, LIST, GET, CANCEL)
