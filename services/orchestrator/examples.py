"""What an operator's requests and their answers look like."""

from typing import Any

from services.common.api import Example

_ORDER = "0749be3c-dbcd-4505-9d47-90358bcc4de7"
_CHANGE = "9d2e7c41-8f3a-4b6d-a1c5-7e0b3f5d2c88"
_CUSTOMER = "5b0f3f52-6f6e-5b55-8a3f-3f7b3b8c2f11"
_PAYLOAD = f"{_CUSTOMER}/{_ORDER}/email/1-4c6d1b5a0f.json"
_REAL: dict[str, Any] = {"dryRun": False, "reason": "the mailbox has room again"}
_OUTCOME: dict[str, Any] = {
    "orderId": _ORDER,
    "effect": "restart",
    "stage": "email",
    "detail": "the stage 'email' is handed over again",
    "state": "DOCUMENTED",
    "payloads": [{"path": _PAYLOAD, "delaySeconds": 0.0}],
    "rebuilt": [],
}
_LETTER: dict[str, Any] = {
    "id": "d3b07384-d9a0-4c9b-8f3e-2f5a7c1b9e55",
    "body": f'{{"path": "{_PAYLOAD}"}}',
    "sentAt": "2026-11-22T12:00:04Z",
    "orderId": _ORDER,
    "effect": "waits",
    "detail": "its order is PARKED",
}
_SHOWN: dict[str, Any] = {
    "id": _ORDER,
    "state": "PARKED",
    "reason": "the mail server refuses the address: mailbox full",
    "customerId": _CUSTOMER,
    "customer": "Liffey Freight Ltd",
    "productName": "Nimbus Office Business",
    "amount": 3,
    "createdAt": "2026-11-22T12:00:00Z",
    "updatedAt": "2026-11-22T12:00:05Z",
}

ORDERS = Example("Orders that wait for a person", {"orders": [{**_SHOWN, "stage": "email"}], "next": None})
TIMELINE = Example(
    "An order that is parked at its mail",
    {
        **_SHOWN,
        "ccpTransactionId": "9b2f8e56-1f43-4c0f-8d34-51a7f2f0f6aa",
        "stages": [
            {
                "stage": "email",
                "revision": 1,
                "path": _PAYLOAD,
                "length": 812,
                "createdAt": "2026-11-22T12:00:02Z",
                "deliveries": 1,
                "sentAt": "2026-11-22T12:00:02Z",
                "nextDeliveryAt": None,
                "attempts": 1,
                "startedAt": "2026-11-22T12:00:03Z",
                "finishedAt": "2026-11-22T12:00:05Z",
                "status": "parked",
                "workSeconds": 2.104,
                "totalSeconds": 3.377,
                "error": "the mail server refuses the address: mailbox full",
                "link": f"/operations/payloads/{_PAYLOAD}",
            }
        ],
        "history": [{"state": "RESERVED", "at": "2026-11-22T12:00:00Z", "actor": "order", "detail": None}],
        "documents": [
            {
                "kind": "INVOICE",
                "number": "EU-000001",
                "revision": 1,
                "corrects": None,
                "generatedAt": "2026-11-22T12:00:01Z",
                "total": "41.43",
                "currency": "EUR",
                "documentPath": f"{_CUSTOMER}/{_ORDER}/pdf/1-77aa01c2.pdf",
                "documentSha256": "77aa01c2",
                "link": f"/operations/payloads/{_CUSTOMER}/{_ORDER}/pdf/1-77aa01c2.pdf",
            }
        ],
        "mails": [],
        "actions": [],
    },
)
RESTART = Example("Go on where it waits", {"dryRun": False, **_OUTCOME}, _REAL)
RESEND = Example(
    "The invoice's mail once more",
    {
        "dryRun": False,
        "orderId": _ORDER,
        "effect": "resend",
        "document": "EU-000001",
        "number": 2,
        "detail": "the mail of EU-000001 goes out as number 2, to the customer's new address",
    },
    _REAL,
)
CREDIT = Example(
    "Two of three licences taken back",
    {
        "dryRun": False,
        "orderId": _ORDER,
        "invoice": "EU-000001",
        "effect": "credit",
        "detail": "the invoice service issues a credit note of EU-000001",
        "left": {"1": 3},
    },
    {
        **_REAL,
        "invoice": "EU-000001",
        "printedReason": "returned within the trial",
        "quantities": [{"position": 1, "quantity": 2}],
    },
)
RESTARTS = Example(
    "Everything that is parked for a full mailbox",
    {"dryRun": False, "orders": [_OUTCOME], "changedMeanwhile": 0, "left": 0, "next": None},
    {**_REAL, "filter": {"state": "PARKED", "reason": "mailbox full"}, "perMinute": 60},
)
RESTART_CHANGE = Example(
    "A return whose outcome was unclear",
    {
        "dryRun": False,
        "changeId": _CHANGE,
        "effect": "restart",
        "detail": "licensing searches the CCP for this RETURN, and asks for what is missing; it was parked because the "
        "CCP's outcome is unclear: no answer within 5 s",
    },
    {"dryRun": False, "reason": "the CCP says that it works again"},
)
DEAD_LETTERS = Example("One letter", {"queues": [{"queue": "email", "waiting": 1, "messages": [_LETTER]}]})
REDRIVE = Example(
    "Back to work",
    {
        "dryRun": False,
        "queue": "email",
        "orders": [_OUTCOME],
        "messages": [{**_LETTER, "effect": "leaves"}],
        "waiting": 1,
        "next": None,
    },
    _REAL,
)
DISCARD = Example(
    "A stray copy",
    {"dryRun": False, "queue": "email", "messages": [{**_LETTER, "effect": "discard"}], "notFound": []},
    {**_REAL, "messages": [_LETTER["id"]]},
)
EXPIRING = Example(
    "A mail that nobody has sent",
    {
        "payloads": [
            {
                "path": _PAYLOAD,
                "kind": "email",
                "orderId": _ORDER,
                "state": "PARKED",
                "reason": "the mail server refuses the address: mailbox full",
                "expiresAt": "2026-12-22T12:00:02Z",
            }
        ],
        "next": None,
    },
)
EXTEND = Example(
    "Another 30 days",
    {"dryRun": False, "path": _PAYLOAD, "effect": "extend", "detail": "it is written again as it is"},
    _REAL,
)
