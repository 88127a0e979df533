"""Composition root of the invoice processor."""

from services.common.pipeline import composition
from services.invoice.handlers import InvoiceHandler


class Settings(composition.PipelineSettings):
    """Everything the invoice processor is told."""

    queue_url_invoice: str


def main() -> int:
    """Invoices orders until told to stop."""
    settings = Settings.read()
    return composition.run(
        settings, "invoice", settings.queue_url_invoice, lambda database, _: InvoiceHandler(database)
    )
