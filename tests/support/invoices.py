"""Invoices to test with: a seller in Ireland, one in Singapore, and any buyer."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from services.common.tax.supplies import TaxParty, decide
from services.invoice.composition import InvoiceHead, OrderFacts, SoldItem, compose
from services.manifests.invoice_document import BankAccount, Buyer, InvoiceDocument, Seller

DAY = date(2026, 11, 20)
ITEM = SoldItem("Office Suite Business Premium, monthly licence", 120, Decimal("18.90"))

EUROPE = Seller(
    name="Cloud Sales Europe Limited",
    address=("12 Harbour Exchange", "Dublin D02 X285"),
    country="IE",
    vat_id="IE3628739UH",
    registration="Registered in Ireland No. 628739",
    email="billing@eu.cloud-sales.example",
    bank=BankAccount(name="Example Bank", iban="IE29AIBK93115212345678", bic="AIBKIE2D"),
)
SINGAPORE = Seller(
    name="Cloud Sales Asia Pacific Pte. Ltd.",
    address=("8 Marina View",),
    country="SG",
    vat_id="M2-1234567-8",
    bank=BankAccount(name="Example Bank", account_number="003-912345-6"),
)


def buyer(
    name: str = "Liffey Analytics DAC",
    country: str = "IE",
    vat_id: str | None = None,
    address: tuple[str, ...] = ("4 Custom House Plaza", "Dublin D01 F6P5"),
) -> Buyer:
    return Buyer(
        name=name,
        address=address,
        country=country,
        vat_id=vat_id,
        email="accounts@customer.example",
        customer_number="C-10042",
    )


def invoice(
    to: Buyer | None = None,
    *,
    seller: Seller = EUROPE,
    items: tuple[SoldItem, ...] = (ITEM,),
    currency: str = "EUR",
    revision: int = 1,
) -> InvoiceDocument:
    to = to or buyer()
    treatment = decide(TaxParty(seller.country, seller.vat_id), TaxParty(to.country, to.vat_id), DAY)
    head = InvoiceHead("EU-2026-000123", "EU-2026", DAY, DAY, date(2026, 12, 20), revision)
    order = OrderFacts(UUID(int=1), UUID(int=2), "Head office productivity", currency, items)
    return compose(head, order, seller, to, treatment)
