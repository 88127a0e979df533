"""The operations of Customer Support."""

from typing import Any

from services.common.api import Example, ListQuery, Operation
from services.common.errors import NotAnAgent, NotFound, NotPossible
from services.support.models import (
    CaseAnswer,
    CaseChange,
    CaseMessageAnswer,
    CaseMessagesAnswer,
    CasesAnswer,
    CasesQuery,
    CaseTimelineAnswer,
    NewCase,
    NewCaseMessage,
)

_ID = "c3a1f7de-1c6b-4d55-9a35-4f7c2f4a9e10"
_ORDER_ID = "8a1c2c8b-2b7f-4d38-a5b6-2b9a1df2b0c7"
_PERSON = "4c2f8f9a-7e8d-4a57-8a6a-5d9b0d6b1f21"
_AGENT = "e0b54c5f-60b1-4f0a-9a5b-0d4a35d6c7f3"
_CASE: dict[str, Any] = {
    "id": _ID,
    "reference": "CASE-000017",
    "customerId": "1d9f3d5e-2c4b-4a6f-8e7d-9b0a1c2d3e4f",
    "companyName": "Liffey Shipping Ltd",
    "openedBy": _PERSON,
    "subject": "Two licences do not work",
    "status": "OPEN",
    "priority": "HIGH",
    "assignee": None,
    "orderId": _ORDER_ID,
    "invoiceId": None,
    "licenseId": None,
    "createdAt": "2026-11-20T10:00:00Z",
    "updatedAt": "2026-11-20T10:00:00Z",
}
_TEXT = "The keys of the last order are refused as unknown."
_ANSWER = "The provider has activated them now. Please try again."
_MESSAGE: dict[str, Any] = {
    "id": "7b8f4c1e-0a9d-4e3b-8c5f-6a7d8e9f0b1c",
    "author": "CUSTOMER",
    "authorId": _PERSON,
    "body": _TEXT,
    "createdAt": "2026-11-20T10:00:00Z",
}
_ANSWERED = _MESSAGE | {
    "id": "0f1e2d3c-4b5a-4968-8776-5a4b3c2d1e0f",
    "author": "SUPPORT",
    "authorId": _AGENT,
    "body": _ANSWER,
    "createdAt": "2026-11-20T10:20:00Z",
}
_TIMELINE: dict[str, Any] = {
    "events": [
        {"at": "2026-11-20T10:00:00Z", "field": "status", "value": "OPEN", "actor": f"customer {_PERSON}"},
        {"at": "2026-11-20T10:05:00Z", "field": "assignee", "value": _AGENT, "actor": f"support {_AGENT}"},
    ],
    "mails": [{"at": "2026-11-20T10:00:00Z", "state": "DELIVERED"}],
    "order": {
        "id": _ORDER_ID,
        "state": "INVOICED",
        "reason": None,
        "productName": "Nimbus Office Business",
        "amount": 3,
        "createdAt": "2026-11-20T09:14:00Z",
        "history": [
            {"state": "RESERVED", "at": "2026-11-20T09:14:00Z", "actor": "order", "detail": None},
            {"state": "CONFIRMED", "at": "2026-11-20T09:14:01Z", "actor": "order", "detail": None},
            {"state": "INVOICED", "at": "2026-11-20T09:14:02Z", "actor": "invoice", "detail": "EU-000042"},
        ],
        "stages": [
            {
                "stage": "invoice",
                "revision": 1,
                "status": "done",
                "deliveries": 1,
                "attempts": 1,
                "createdAt": "2026-11-20T09:14:01Z",
                "startedAt": "2026-11-20T09:14:02Z",
                "finishedAt": "2026-11-20T09:14:02Z",
                "nextDeliveryAt": None,
                "error": None,
            }
        ],
        "documents": [
            {
                "kind": "INVOICE",
                "number": "EU-000042",
                "corrects": None,
                "generatedAt": "2026-11-20T09:14:02Z",
                "total": "43.54",
                "currency": "EUR",
            }
        ],
        "mails": [],
    },
}

LIST = Operation(
    method="GET",
    path="/cases",
    name="listCases",
    summary="Your company's cases, or for support everybody's, the newest first",
    description="`text` looks for words of the subject; `-word` excludes one, and quotes keep words together.",
    query=CasesQuery,
    answer=CasesAnswer,
    examples=(Example("an open case", {"cases": [_CASE], "next": None}),),
)
OPEN = Operation(
    method="POST",
    path="/cases",
    name="openCase",
    summary="Open a case",
    description="It may be about an order, an invoice or a licence of yours. Who opens it gets a mail that says so, "
    "and later every answer and every new status.",
    body=NewCase,
    answer=CaseAnswer,
    status=201,
    problems=(NotFound,),
    versioned=True,
    key=True,
    examples=(
        Example(
            "a case about an order",
            _CASE,
            {"subject": _CASE["subject"], "message": _TEXT, "priority": "HIGH", "orderId": _ORDER_ID},
        ),
    ),
)
GET = Operation(
    method="GET",
    path="/cases/{id}",
    name="getCase",
    summary="One case",
    answer=CaseAnswer,
    versioned=True,
    examples=(Example("an open case", _CASE),),
)
CHANGE = Operation(
    method="PATCH",
    path="/cases/{id}",
    name="changeCase",
    summary="Assign a case, or change its status, its priority or what it is about",
    description="What is not given stays; null takes an assignee or a link away. A closed case keeps its status. The "
    "customer is told of a new status by mail. An assignee is somebody who has looked at cases as support.",
    body=CaseChange,
    answer=CaseAnswer,
    problems=(NotPossible, NotAnAgent),
    versioned=True,
    if_match=True,
    key=True,
    examples=(
        Example(
            "resolved",
            _CASE | {"status": "RESOLVED", "assignee": _AGENT, "updatedAt": "2026-11-20T11:00:00Z"},
            {"status": "RESOLVED", "assignee": _AGENT},
        ),
    ),
)
MESSAGES = Operation(
    method="GET",
    path="/cases/{id}/messages",
    name="listCaseMessages",
    summary="What was written, the oldest first",
    query=ListQuery,
    answer=CaseMessagesAnswer,
    examples=(Example("question and answer", {"messages": [_MESSAGE, _ANSWERED], "next": None}),),
)
WRITE = Operation(
    method="POST",
    path="/cases/{id}/messages",
    name="writeCaseMessage",
    summary="Add a message",
    description="The case then waits for the other side; a resolved one is open again once its customer writes. What "
    "support writes goes to the customer by mail. A closed case takes no message.",
    body=NewCaseMessage,
    answer=CaseMessageAnswer,
    status=201,
    problems=(NotPossible,),
    key=True,
    examples=(Example("an answer of support", _ANSWERED, {"body": _ANSWER}),),
)
CLOSE = Operation(
    method="POST",
    path="/cases/{id}/close",
    name="closeCase",
    summary="Close a case of yours for good",
    answer=CaseAnswer,
    versioned=True,
    key=True,
    examples=(Example("closed", _CASE | {"status": "CLOSED", "updatedAt": "2026-11-20T11:00:00Z"}),),
)
TIMELINE = Operation(
    method="GET",
    path="/cases/{id}/timeline",
    name="getCaseTimeline",
    summary="What has happened to a case, and to the order that it is about",
    description="The order is the one that the case names, or else that of its invoice or of its licence.",
    answer=CaseTimelineAnswer,
    examples=(Example("a case about an order", _TIMELINE),),
)

OPERATIONS = (LIST, OPEN, GET, CHANGE, MESSAGES, WRITE, CLOSE, TIMELINE)
