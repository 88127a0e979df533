"""The payloads of what was ordered before, in the form of the release that would have written them then.

Payloads of a released version are read for ever, so these keep version 2, whatever version is written today.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.seed.demo import LegalEntity
from local.seed.invoices import PastInvoice
from local.seed.past import PastOrder
from local.seed.people import subscription_names


@dataclass(frozen=True)
class Payload:
    """A payload as the outbox keeps it."""

    queue: str
    order: PastOrder
    body: str

    @property
    def sha256(self) -> str:
        """Of its bytes."""
        return hashlib.sha256(self.body.encode()).hexdigest()

    @property
    def path(self) -> str:
        """Its key in S3."""
        return f"{self.order.customer.id}/{self.order.id}/{self.queue}/1-{self.sha256}.json"


def sale_payload(order: PastOrder) -> Payload:
    """What the order service handed over."""
    item, amount = order.item, len(order.licences)
    return _payload(
        "invoice",
        order,
        1,
        {
            "transactionId": str(order.transaction_id),
            "ccpServiceItemId": str(item.ccp_id),
            "amount": amount,
            "pricePerItem": f"{item.purchase_price:f}",
            "totalPrice": f"{item.purchase_price * amount:f}",
            "discount": 0,
            "licenseIds": [str(licence.id) for licence in order.licences],
            "timestamp": order.ordered_at.isoformat().replace("+00:00", "Z"),
        },
    )


def document_payload(invoice: PastInvoice) -> Payload:
    """What the invoice service handed over."""
    order, seller, tax = invoice.order, invoice.seller, invoice.tax
    customer, rate = order.customer, f"{tax.rate:f}"
    printed = {
        "number": invoice.number,
        "series": invoice.series,
        "revision": 1,
        "issuedOn": invoice.issued_on.isoformat(),
        "suppliedOn": invoice.issued_on.isoformat(),
        "currency": order.item.currency,
        "wording": dict(tax.wording),
        "seller": _seller(seller),
        "buyer": {
            "name": customer.company,
            "address": list(customer.address),
            "country": customer.country,
            "vatId": customer.vat_id,
            "email": customer.email,
            "customerNumber": customer.number,
        },
        "orderId": str(order.id),
        "ccpTransactionId": str(order.transaction_id),
        "subscriptionName": subscription_names(customer)[order.subscription_id],
        "lines": [
            {
                "description": order.item.name,
                "quantity": len(order.licences),
                "unitPrice": f"{order.item.sales_price:f}",
                "net": f"{invoice.net:f}",
                "vatCategory": tax.category,
                "vatRate": rate,
            }
        ],
        "taxGroups": [{"category": tax.category, "rate": rate, "net": f"{invoice.net:f}", "vat": f"{invoice.vat:f}"}],
        "totals": {"net": f"{invoice.net:f}", "vat": f"{invoice.vat:f}", "gross": f"{invoice.net + invoice.vat:f}"},
        "notes": [tax.note] if tax.note else [],
        "typeCode": 380,
        "dueOn": invoice.due_on.isoformat(),
    }
    return _payload("document", order, 2, {"documentType": 1, "payload": printed})


def _seller(seller: LegalEntity) -> dict[str, Any]:
    bank = {"name": seller.bank_name, "iban": seller.iban, "accountNumber": seller.account_number, "bic": seller.bic}
    return {
        "name": seller.name,
        "address": list(seller.address),
        "country": seller.country,
        "vatId": seller.vat_id,
        "registration": seller.registration,
        "email": seller.email,
        "bank": bank,
    }


def _payload(queue: str, order: PastOrder, kind: int, members: Mapping[str, Any]) -> Payload:
    whole = {**members, "metadata": {"manifestVersion": 2, "payloadType": kind}}
    return Payload(queue, order, json.dumps(whole, ensure_ascii=False, separators=(",", ":")))
