"""The operations of licensing."""

from typing import Any

from services.common.api import Example, Operation
from services.common.errors import (
    CcpRejected,
    ChangeOpen,
    Conflict,
    LicensesAssigned,
    NotAnExtension,
    NotPossible,
)
from services.licensing.models import (
    Assignment,
    Cancellation,
    ChangeAnswer,
    HistoryAnswer,
    HistoryQuery,
    ItemAnswer,
    ItemsAnswer,
    ItemsQuery,
    LicenseAnswer,
    LicenseKeyAnswer,
    LicensesAnswer,
    LicensesQuery,
    Quantity,
    ValidTo,
)

_ID = "3e0f9a52-5c33-4f0e-9d0b-0c7b6d1f6a10"
_ITEM_ID = "b7a6c5d4-e3f2-4a1b-9c8d-7e6f5a4b3c2d"
_SUBSCRIPTION_ID = "2f0b3c1d-0d3b-4d4e-8f1a-9f0c3b6a7e55"
_ACCOUNT_ID = "1c6f4b0a-6df0-4e55-8a0e-5b1f6c2d3e01"
_CHANGE_ID = "9d2e7c41-8f3a-4b6d-a1c5-7e0b3f5d2c88"
_LICENSE: dict[str, Any] = {
    "id": _ID,
    "subscriptionItemId": _ITEM_ID,
    "subscriptionId": _SUBSCRIPTION_ID,
    "productName": "Nimbus Office Business",
    "accountId": None,
    "validToDate": "2027-08-31",
    "orderId": "8a1c2c8b-2b7f-4d38-a5b6-2b9a1df2b0c7",
    "returnedAt": None,
    "createdAt": "2026-08-31T09:14:03.218Z",
    "updatedAt": "2026-08-31T09:14:03.218Z",
    "version": 1,
}
_ASSIGNED = _LICENSE | {"accountId": _ACCOUNT_ID, "updatedAt": "2026-09-01T08:00:00Z", "version": 2}
_REVOKED = _LICENSE | {"updatedAt": "2026-09-02T08:00:00Z", "version": 3}
_ITEM: dict[str, Any] = {
    "id": _ITEM_ID,
    "subscriptionId": _SUBSCRIPTION_ID,
    "salesProductId": "5c9d8e7f-6a5b-4c3d-8e1f-0a9b8c7d6e5f",
    "productName": "Nimbus Office Business",
    "quantity": 3,
    "state": "ACTIVE",
    "validToDate": "2027-08-31",
    "openChange": None,
    "createdAt": "2026-08-31T09:14:03.218Z",
    "updatedAt": "2026-08-31T09:14:03.218Z",
    "version": 1,
}
_RETURN: dict[str, Any] = {
    "id": _CHANGE_ID,
    "kind": "RETURN",
    "state": "CONFIRMED",
    "reason": None,
    "subscriptionItemId": _ITEM_ID,
    "licenseIds": [_ID],
    "quantityBefore": 3,
    "quantityAfter": 2,
    "validToDate": None,
    "orderId": None,
    "status": f"/license-changes/{_CHANGE_ID}",
    "createdAt": "2026-11-22T10:00:00Z",
}
_CANCEL = _RETURN | {"kind": "CANCEL", "quantityBefore": 1, "quantityAfter": 0}
_EXTENSION = _RETURN | {
    "kind": "EXTEND",
    "quantityAfter": 3,
    "validToDate": "2027-09-30",
    "orderId": _CHANGE_ID,
}
_ENTRIES = [
    {"at": "2026-08-31T09:14:03.218Z", "event": "VALID_TO", "accountId": None, "validToDate": "2027-08-31"},
    {"at": "2026-09-01T08:00:00Z", "event": "ASSIGNED", "accountId": _ACCOUNT_ID, "validToDate": None},
]
_OUTCOMES = (
    "200: it is done. 202: it is kept, and its address tells what becomes of it. 422: the cloud provider refuses. "
    "An item has one change at a time."
)

OPERATIONS = (
    Operation(
        method="GET",
        path="/licenses",
        name="listLicenses",
        summary="Your licences, the oldest first",
        query=LicensesQuery,
        answer=LicensesAnswer,
        examples=(Example("one licence", {"licenses": [_LICENSE], "next": None}),),
    ),
    Operation(
        method="GET",
        path="/licenses/{id}",
        name="getLicense",
        summary="One licence",
        answer=LicenseAnswer,
        versioned=True,
        examples=(Example("a licence", _LICENSE),),
    ),
    Operation(
        method="GET",
        path="/licenses/{id}/key",
        name="getLicenseKey",
        summary="The licence's key",
        description="Each reading is recorded with who made it. The answer may not be stored (`Cache-Control`).",
        answer=LicenseKeyAnswer,
        examples=(Example("a key", {"licenseId": _ID, "key": "7QWRX-M2K9P-TTB4C-HN6VE-3ZDJA"}),),
    ),
    Operation(
        method="GET",
        path="/licenses/{id}/history",
        name="getLicenseHistory",
        summary="Who had the licence, and how long it was valid",
        query=HistoryQuery,
        answer=HistoryAnswer,
        examples=(Example("bought and assigned", {"history": _ENTRIES, "next": None}),),
    ),
    Operation(
        method="POST",
        path="/licenses/{id}/assign",
        name="assignLicense",
        summary="Give a licence to an account, or move it there",
        body=Assignment,
        answer=LicenseAnswer,
        problems=(ChangeOpen, Conflict),
        versioned=True,
        if_match=True,
        key=True,
        examples=(Example("assign", _ASSIGNED, {"accountId": _ACCOUNT_ID}),),
    ),
    Operation(
        method="POST",
        path="/licenses/{id}/revoke",
        name="revokeLicense",
        summary="Take a licence from its account",
        answer=LicenseAnswer,
        problems=(ChangeOpen, Conflict),
        versioned=True,
        if_match=True,
        key=True,
        examples=(Example("revoke", _REVOKED),),
    ),
    Operation(
        method="POST",
        path="/licenses/{id}/extend",
        name="extendLicense",
        summary="Let a licence run longer",
        description=f"Charged by the days that come to it, of a term of 365, and invoiced. {_OUTCOMES}",
        body=ValidTo,
        answer=ChangeAnswer,
        also={202: ChangeAnswer},
        problems=(CcpRejected, ChangeOpen, Conflict, NotAnExtension, NotPossible),
        if_match=True,
        key=True,
        examples=(Example("30 days more", _EXTENSION, {"validToDate": "2027-09-30"}),),
    ),
    Operation(
        method="GET",
        path="/subscription-items",
        name="listSubscriptionItems",
        summary="What you have of each product, the oldest first",
        query=ItemsQuery,
        answer=ItemsAnswer,
        examples=(Example("one product", {"items": [_ITEM], "next": None}),),
    ),
    Operation(
        method="GET",
        path="/subscription-items/{id}",
        name="getSubscriptionItem",
        summary="One subscription item",
        answer=ItemAnswer,
        versioned=True,
        examples=(Example("an item", _ITEM),),
    ),
    Operation(
        method="POST",
        path="/subscription-items/{id}/quantity",
        name="changeQuantity",
        summary="Have more or fewer licences of a product",
        description="More: ordered at the cloud provider, charged up to the item's last day, and always answered 202. "
        f"Fewer: returned there, and their unused days are credited. {_OUTCOMES}",
        body=Quantity,
        answer=ChangeAnswer,
        also={202: ChangeAnswer},
        problems=(CcpRejected, ChangeOpen, Conflict, LicensesAssigned, NotPossible),
        if_match=True,
        key=True,
        examples=(Example("one licence fewer", _RETURN, {"quantity": 2}),),
    ),
    Operation(
        method="POST",
        path="/subscription-items/{id}/cancel",
        name="cancelSubscriptionItem",
        summary="Return all licences of a product",
        description=f"Their unused days are credited. {_OUTCOMES}",
        body=Cancellation,
        answer=ChangeAnswer,
        also={202: ChangeAnswer},
        problems=(CcpRejected, ChangeOpen, Conflict, LicensesAssigned),
        if_match=True,
        key=True,
        examples=(Example("cancel", _CANCEL, {"includeAssigned": True}),),
    ),
    Operation(
        method="GET",
        path="/license-changes/{id}",
        name="getLicenseChange",
        summary="How a change of licences stands",
        answer=ChangeAnswer,
        examples=(Example("a return", _RETURN),),
    ),
)
