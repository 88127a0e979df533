"""The mail that brings the invoice to the customer."""

from services.document.wording import amount_text, long_date
from services.manifests.email import EmailManifest
from services.manifests.invoice_document import InvoiceDocument

_TITLE_LIMIT = 200


def invoice_notice(document: InvoiceDocument, attachment_path: str) -> EmailManifest:
    """The mail for the invoice, in plain text with an empty line between paragraphs; equal documents give equal mails.

    Args:
        document: the invoice that was rendered.
        attachment_path: the PDF's key in the payload bucket.

    Raises:
        ValueError: the currency is unknown, or an amount is finer than it.
    """
    kind = document.wording.document_title
    due = f"{document.currency} {amount_text(document.totals.gross, document.currency)}"
    paragraphs = (
        f"Dear {document.buyer.name},",
        f"thank you for your order. Please find your {kind.lower()} attached.",
        "\n".join(
            (
                f"{kind} number: {document.number}",
                f"Date of issue: {long_date(document.issued_on)}",
                f"Amount due: {due}",
                f"Due date: {long_date(document.due_on)}",
                f"Subscription: {document.subscription_name}",
                f"Order: {document.order_id}",
            )
        ),
        f"Please pay by bank transfer to the account stated on the {kind.lower()}, quoting {document.number}.",
        f"Kind regards\n{document.seller.name}",
    )
    return EmailManifest(
        title=f"{kind} {document.number} from {document.seller.name}"[:_TITLE_LIMIT],
        body="\n\n".join(paragraphs) + "\n",
        to=document.buyer.email,
        attachment_paths=(attachment_path,),
    )
