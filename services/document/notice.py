"""The mails that bring invoices and credit notes to the customer."""

from services.document.wording import amount_text, long_date
from services.manifests.credit_note import CreditNoteDocument
from services.manifests.document import Document
from services.manifests.email import EmailManifest
from services.manifests.invoice_document import EInvoice, InvoiceDocument

_TITLE_LIMIT = 200
_E_INVOICES = {
    EInvoice.FACTUR_X: "The PDF also holds it as an e-invoice (Factur-X, EN 16931), which accounting software reads.",
    EInvoice.PEPPOL: "The XML file beside it is the same as an e-invoice (UBL, Peppol BIS Billing 3.0), "
    "which accounting software reads.",
}


def notice_of(document: Document, attachment_paths: tuple[str, ...]) -> EmailManifest:
    """The mail for the document; see `invoice_notice`."""
    if isinstance(document, InvoiceDocument):
        return invoice_notice(document, attachment_paths)
    return credit_notice(document, attachment_paths)


def invoice_notice(document: InvoiceDocument, attachment_paths: tuple[str, ...]) -> EmailManifest:
    """The mail for the invoice, in plain text with an empty line between paragraphs; equal documents give equal mails.

    Args:
        document: the invoice that was rendered.
        attachment_paths: the keys of the PDF and of the e-invoice beside it, in the payload bucket.

    Raises:
        ValueError: the currency is unknown, or an amount is finer than it.
    """
    kind = document.wording.document_title
    due = f"{document.currency} {amount_text(document.totals.gross, document.currency)}"
    paragraphs = (
        f"Dear {document.buyer.name},",
        f"Thank you for your order. Please find your {kind.lower()} attached.{_e_invoice(document)}",
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
    return _mail(document, paragraphs, attachment_paths)


def credit_notice(note: CreditNoteDocument, attachment_paths: tuple[str, ...]) -> EmailManifest:
    """The mail for the credit note, written like the invoice's.

    Raises:
        ValueError: the currency is unknown, or an amount is finer than it.
    """
    kind = note.wording.document_title
    attached = f"Please find the {kind.lower()} attached.{_e_invoice(note)}"
    paragraphs = (
        f"Dear {note.buyer.name},",
        f"We have credited you for invoice {note.corrects.number}. {attached}",
        "\n".join(
            (
                f"{kind} number: {note.number}",
                f"Date of issue: {long_date(note.issued_on)}",
                f"Amount credited: {note.currency} {amount_text(note.totals.gross, note.currency)}",
                f"Corrects invoice: {note.corrects.number} of {long_date(note.corrects.issued_on)}",
                f"Reason: {note.reason}",
                f"Subscription: {note.subscription_name}",
                f"Order: {note.order_id}",
            )
        ),
        f"Kind regards\n{note.seller.name}",
    )
    return _mail(note, paragraphs, attachment_paths)


def _e_invoice(document: Document) -> str:
    return f" {_E_INVOICES[document.e_invoice]}" if document.e_invoice else ""


def _mail(document: Document, paragraphs: tuple[str, ...], attachment_paths: tuple[str, ...]) -> EmailManifest:
    return EmailManifest(
        title=f"{document.wording.document_title} {document.number} from {document.seller.name}"[:_TITLE_LIMIT],
        body="\n\n".join(paragraphs) + "\n",
        to=document.buyer.email,
        attachment_paths=attachment_paths,
    )
