"""The operations of Invoice Lookup."""

from typing import Any

from services.common.api import Example, Operation
from services.common.errors import DocumentNotReady, NotPossible, TooManyRequests
from services.invoices.models import (
    DocumentLinkAnswer,
    DocumentQuery,
    InvoiceDetailAnswer,
    InvoiceResentAnswer,
    InvoicesAnswer,
    InvoicesQuery,
    TotalsAnswer,
    TotalsQuery,
)

_ID = "0d4b7c0e-7a64-4b60-9d52-6b9c4b9f4a11"
_NOTE_ID = "6f1f6f3c-64b3-4a0e-8c63-0b1f7f0f3d22"
_INVOICE: dict[str, Any] = {
    "id": _ID,
    "customerId": "1d9f3d5e-2c4b-4a6f-8e7d-9b0a1c2d3e4f",
    "kind": "INVOICE",
    "invoiceNumber": "EU-000042",
    "generatedAt": "2026-11-20T09:14:03.218Z",
    "issuedOn": "2026-11-20",
    "dueOn": "2026-12-20",
    "orderId": "8a1c2c8b-2b7f-4d38-a5b6-2b9a1df2b0c7",
    "subscriptionId": "2f0b3c1d-0d3b-4d4e-8f1a-9f0c3b6a7e55",
    "subscriptionItemId": "b7a6c5d4-e3f2-4a1b-9c8d-7e6f5a4b3c2d",
    "correctsId": None,
    "currency": "EUR",
    "net": "35.40",
    "vatAmount": "8.14",
    "amount": "43.54",
    "formats": ["pdf"],
}
_NOTE = _INVOICE | {
    "id": _NOTE_ID,
    "kind": "CREDIT_NOTE",
    "invoiceNumber": "EUC-000003",
    "generatedAt": "2026-11-24T10:00:00Z",
    "issuedOn": "2026-11-24",
    "dueOn": None,
    "correctsId": _ID,
    "net": "11.80",
    "vatAmount": "2.71",
    "amount": "14.51",
}
_DETAIL = _INVOICE | {
    "lines": [
        {
            "position": 1,
            "salesProductId": "5c9d8e7f-6a5b-4c3d-8e1f-0a9b8c7d6e5f",
            "description": "Nimbus Office Business",
            "quantity": 3,
            "salesPrice": "11.8000",
            "net": "35.40",
            "vat": "23.000",
            "vatCategory": "S",
            "periodFrom": None,
            "periodTo": None,
        }
    ],
    "creditNotes": [_NOTE],
    "mails": [{"number": 1, "state": "DELIVERED", "at": "2026-11-20T09:14:05Z"}],
}
_TOTAL = {
    "month": "2026-11",
    "currency": "EUR",
    "invoices": 1,
    "creditNotes": 1,
    "net": "23.60",
    "vatAmount": "5.43",
    "amount": "29.03",
}
_LINK = {
    "url": "https://payloads.s3.eu-west-1.amazonaws.com/…/invoice.pdf?X-Amz-Expires=300&X-Amz-Signature=…",
    "expiresAt": "2026-11-20T09:20:00Z",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "contentType": "application/pdf",
}

LIST = Operation(
    method="GET",
    path="/invoices",
    name="listInvoices",
    summary="Your invoices and credit notes, or for a service everybody's, the newest first",
    description="`from` and `to` are days of issue, both included.",
    query=InvoicesQuery,
    answer=InvoicesAnswer,
    examples=(Example("an invoice and what was credited of it", {"invoices": [_NOTE, _INVOICE], "next": None}),),
)
TOTALS = Operation(
    method="GET",
    path="/invoices/totals",
    name="totalInvoices",
    summary="What each month came to, by currency",
    description="By the month of issue, at most 36 months; credit notes are subtracted. Without `from` and `to`, "
    "the last twelve months.",
    query=TotalsQuery,
    answer=TotalsAnswer,
    examples=(Example("one month", {"totals": [_TOTAL]}),),
)
GET = Operation(
    method="GET",
    path="/invoices/{id}",
    name="getInvoice",
    summary="One invoice or credit note, with its lines, its credit notes and its mails",
    answer=InvoiceDetailAnswer,
    examples=(Example("an invoice", _DETAIL),),
)
DOCUMENT = Operation(
    method="GET",
    path="/invoices/{id}/document",
    name="getInvoiceDocument",
    summary="A link to the printed document",
    description="The link needs no token and ends after five minutes. `format=xml` is the e-invoice that documents "
    "of the Asia Pacific region have beside them; a European one is inside the PDF. A document that is too old to be "
    "kept is printed again, the same to the last byte: ask again after `Retry-After`.",
    query=DocumentQuery,
    answer=DocumentLinkAnswer,
    problems=(DocumentNotReady,),
    examples=(Example("the PDF", _LINK),),
)
RESEND = Operation(
    method="POST",
    path="/invoices/{id}/resend",
    name="resendInvoice",
    summary="Have the document mailed once more",
    description="To your company's present address, at most three times a day.",
    answer=InvoiceResentAnswer,
    status=202,
    problems=(NotPossible, TooManyRequests),
    key=True,
    examples=(Example("the second mail", {"invoiceId": _ID, "number": 2}),),
)

OPERATIONS = (LIST, TOTALS, GET, DOCUMENT, RESEND)
