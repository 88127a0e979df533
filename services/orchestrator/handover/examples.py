"""What a hand-over note looks like, and what is told of the writer."""

from typing import Any

from services.common.api import Example

_ORDER = "0749be3c-dbcd-4505-9d47-90358bcc4de7"
_CUSTOMER = "5b0f3f52-6f6e-5b55-8a3f-3f7b3b8c2f11"
_WHOSE: dict[str, Any] = {"customerId": _CUSTOMER, "customer": "Liffey Freight Ltd"}
_SUMMARY: dict[str, Any] = {
    "epoch": 7,
    "fromRegion": "eu",
    "toRegion": "apac",
    "lost": None,
    "since": "2026-11-23T23:00:00Z",
    "madeAt": "2026-11-23T23:00:04Z",
    "madeIn": "apac",
    "numbers": {
        "parkedOrders": 1,
        "unfinishedOrders": 3,
        "deadLetters": 2,
        "waitingCases": 1,
        "openCases": 2,
        "waitingChanges": 2,
        "parkedChanges": 1,
        "waitingCancellations": 0,
        "discrepancies": 1,
        "unmailedDocuments": 1,
    },
}
_NOTE: dict[str, Any] = {
    **_SUMMARY,
    "parked": [
        {
            "id": _ORDER,
            **_WHOSE,
            "reason": "the mail server refuses the address: mailbox full",
            "since": "2026-11-23T12:00:05Z",
        }
    ],
    "unfinished": [
        {
            "state": "DOCUMENTED",
            "count": 3,
            "oldest": "1d0a57c2-53d5-4c7e-9a3e-4a0f7a1b5c11",
            "since": "2026-11-23T22:59:58Z",
        }
    ],
    "deadLetterQueues": [
        {"queue": "invoice", "waiting": 0, "oldestSentAt": None},
        {"queue": "document", "waiting": 0, "oldestSentAt": None},
        {"queue": "email", "waiting": 2, "oldestSentAt": "2026-11-23T12:00:04Z"},
        {"queue": "mail-events", "waiting": 0, "oldestSentAt": None},
        {"queue": "inbound-mail", "waiting": 0, "oldestSentAt": None},
    ],
    "cases": [
        {"status": "OPEN", "priority": "HIGH", "count": 1},
        {"status": "WAITING_FOR_CUSTOMER", "priority": "NORMAL", "count": 1},
    ],
    "casesForUs": [
        {
            "reference": "CASE-000042",
            **_WHOSE,
            "status": "OPEN",
            "priority": "HIGH",
            "assigned": False,
            "since": "2026-11-23T21:15:00Z",
        }
    ],
    "changes": [
        {
            "id": "9d2e7c41-8f3a-4b6d-a1c5-7e0b3f5d2c88",
            "kind": "RETURN",
            **_WHOSE,
            "reason": "the cloud provider does not know the licence",
            "since": "2026-11-23T18:30:00Z",
        }
    ],
    "discrepancies": [
        {
            "transactionId": "9b2f8e56-1f43-4c0f-8d34-51a7f2f0f6aa",
            "orderId": None,
            "kind": "ORPHAN",
            "refusal": None,
            "since": "2026-11-23T20:00:00Z",
        }
    ],
    "unmailed": [{"number": "EU-000001", "orderId": _ORDER, **_WHOSE, "since": "2026-11-23T12:00:01Z"}],
}

HANDOVERS = Example("The last hand-over", {"handovers": [_SUMMARY], "next": None})
HANDOVER = Example("What the team in Singapore found", _NOTE)
WRITER = Example(
    "The writer while it is open",
    {
        "epoch": 7,
        "region": "apac",
        "formerRegion": "eu",
        "lost": None,
        "admission": "open",
        "since": "2026-11-23T23:00:00Z",
        "changedAt": "2026-11-23T23:00:00Z",
        "changedBy": "controller apac",
        "unfinished": {"ccpCalls": 1, "transactions": 2},
    },
)
