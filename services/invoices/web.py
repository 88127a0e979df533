"""Composition root of Invoice Lookup."""

from flask import Flask

from services.common.api import Gate
from services.common.api.serving import ApiSettings, create_app, serve
from services.common.database import Database
from services.invoices.api import OPERATIONS
from services.invoices.detail import get_invoice
from services.invoices.documents import Documents
from services.invoices.linking import Linking
from services.invoices.listing import list_invoices
from services.invoices.resending import Resending
from services.invoices.totals import total


class Settings(ApiSettings):
    """Everything Invoice Lookup is told."""

    payload_bucket: str


def build(gate: Gate, documents: Documents) -> Flask:
    """The REST service over its adapters."""
    handlers = {
        "listInvoices": list_invoices,
        "totalInvoices": total,
        "getInvoice": get_invoice,
        "getInvoiceDocument": Linking(documents).link,
        "resendInvoice": Resending(documents).resend,
    }
    return create_app("invoices", gate, OPERATIONS, handlers)


def main() -> int:
    """Serves until told to stop."""
    settings = Settings.read()

    def built(_: Database, gate: Gate) -> Flask:
        return build(gate, Documents(settings.payload_bucket, settings.aws_region))

    return serve(settings, built)
