"""The ten minutes: what a newcomer does, step by step; each step is an operation of the document."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        operation: its `operationId`; its first example is shown.
        query: what is added to the address.
        keep: a shell command that keeps what later steps need.
    """

    title: str
    operation: str
    about: str
    query: str = ""
    keep: str = ""


STEPS = (
    Step(
        "Sign in",
        "signIn",
        "The access token goes with every further request. It lasts an hour; `refresh` gives the next one.",
        keep="TOKEN=…        # the answer's accessToken",
    ),
    Step(
        "Choose a product",
        "listProducts",
        "What the cloud provider offers, at your price. An order names its `ccpServiceItemId`.",
    ),
    Step(
        "Choose a subscription",
        "listSubscriptions",
        "Licences are bought for one of your company's subscriptions.",
    ),
    Step(
        "See the price first",
        "createOrder",
        "With `?dryRun=true` the same request tells price and tax, and buys nothing.",
        query="?dryRun=true",
    ),
    Step(
        "Order",
        "createOrder",
        "201 is bought. 202 is kept and goes on by itself. If no answer comes, repeat the request with the same "
        "`Idempotency-Key`: it never buys twice.",
    ),
    Step("Follow it", "getOrder", "Bought, invoiced, printed, mailed: each stage with its time."),
    Step("Find its invoice", "listInvoices", "Totals, tax and currency; a credit note names the invoice it corrects."),
    Step("Download it", "getInvoiceDocument", "A link that works for a few minutes. The mail brought the same file."),
    Step(
        "Give somebody a licence",
        "assignLicense",
        "What others may change too wants the `ETag` you have read, as `If-Match`: whoever comes second gets 412.",
    ),
    Step("Ask for help", "openCase", "A case with its order; the answer comes here and by mail."),
)

PYTHON = """\
from cloud_sales_client import AuthenticatedClient
from cloud_sales_client.api.order import list_orders

with AuthenticatedClient(base_url="https://api.cloud-sales.example", token=token) as client:
    page = list_orders.sync(client=client)
    for order in page.orders:
        print(order.id, order.state)"""
"""What the generated client looks like in use."""
