"""One order by a demo customer, shown from the request to the mail with its invoice."""

from dataclasses import dataclass
from typing import Any

import urllib3
from rich.console import Console

from local import seed
from local.cli.storefront import Storefront
from local.customer import Api, ApiError, Basket, Progress, place, sign_in
from local.host.emulator import Clients
from local.machine.errors import LocalError

MEANING = {
    "RESERVED": "reserved, with its idempotency key",
    "CONFIRMED": "sold by the CCP",
    "INVOICED": "invoiced",
    "DOCUMENTED": "rendered as PDF",
    "EMAILED": "mailed",
    "REJECTED": "rejected by the CCP",
    "PARKED": "parked",
    "CANCELLED": "cancelled",
}


@dataclass(frozen=True)
class Wish:
    """Who orders how many of the demo's product; the customer by its key in the demo data."""

    customer: str = seed.FIRST_CUSTOMER
    amount: int = seed.FIRST_AMOUNT


def order(shop: Storefront, wish: Wish, console: Console) -> dict[str, Any]:
    """Orders and prints each stage as it is reached; returns the order as its customer sees it.

    Raises:
        LocalError: there is no such demo customer, the API refused, or the order ended without a mail.
    """
    buyer = _customer(wish.customer)
    try:
        token = sign_in(Clients(shop.emulator, shop.region).cognito, shop.client_id, buyer.email, seed.PASSWORD)
        api = Api(shop.api_url, token)
        basket = Basket(seed.PRODUCT_ID, buyer.subscription_id, wish.amount)
        ended = place(api, basket, lambda progress: _show(console, progress))
    except ApiError as fault:
        raise LocalError(f"{buyer.company} could not order: {fault}") from None
    if ended["state"] != "EMAILED":
        raise LocalError(f"the order {ended['id']} is {ended['state'].lower()}: {ended['reason']}")
    console.print(
        f"  {ended['amount']} x {ended['productName']} for {buyer.company}\n"
        f"  invoice {ended['invoiceNumber']}, {ended['currency']} {ended['invoiceTotal']}, "
        f"in the mailbox:\n  {_mail(shop, buyer.email, ended['invoiceNumber'])}",
        highlight=False,
        soft_wrap=True,
    )
    return ended


def _customer(key: str) -> seed.DemoCustomer:
    known = {customer.key: customer for customer in seed.customers()}
    if key not in known:
        raise LocalError(f"there is no demo customer {key!r}; choose one of {', '.join(known)}")
    return known[key]


def _show(console: Console, progress: Progress) -> None:
    detail = f" {progress.detail}" if progress.detail else ""
    console.print(f"  {progress.seconds:5.2f} s  {MEANING[progress.stage]}{detail}", highlight=False)


def _mail(shop: Storefront, recipient: str, invoice_number: str) -> str:
    """The address of the mail that carries the invoice."""
    url = f"{shop.mail_url}/messages.json"
    with urllib3.PoolManager(retries=False, timeout=5) as http:
        mails = http.request("GET", url, fields={"to": recipient}).json()
    for mail in mails:
        if f"invoice-{invoice_number}.pdf" in [attachment["filename"] for attachment in mail["attachments"]]:
            return f"{shop.mail_url}/mails/{mail['id']}"
    raise LocalError(f"the mailbox has no mail to {recipient} with invoice {invoice_number}: look at {shop.mail_url}")
