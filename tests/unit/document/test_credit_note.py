"""A credit note looks like its invoice, says what it is, and asks for no money."""

import io

from pypdf import PdfReader

from services.document.notice import notice_of
from services.document.rendering import render_invoice
from services.document.view import view_of
from tests.support.credits import credit_note
from tests.support.invoices import invoice

NOTE = credit_note(invoice(), {1: 20})


def printed() -> str:
    pages = PdfReader(io.BytesIO(render_invoice(NOTE).pdf)).pages
    return "\n".join(page.extract_text() for page in pages).replace("\u200b", "").replace("\u00a0", " ")


def test_title_number_and_the_invoice_it_corrects_stand_on_it() -> None:
    text = printed()
    for fact in (
        "Credit note number EU-2026C-000001",
        "Date of issue 23 November 2026",
        "Corrects invoice EU-2026-000123",
        "Invoice date 20 November 2026",
        "Credit to",
        "Reason Licences cancelled",
        "1 Office Suite Business Premium, monthly licence 20 18.90 23 % 378.00",
        "Amount credited (EUR) 464.94",
        "EUR 464.94 of EU-2026-000123 is credited to you. It reduces what is due",
    ):
        assert fact in text


def test_it_asks_for_no_payment() -> None:
    text = printed()
    for word in ("Please pay", "Amount due", "Due date", "IBAN", "Invoice to"):
        assert word not in text


def test_the_same_note_gives_the_same_bytes() -> None:
    assert render_invoice(NOTE) == render_invoice(NOTE)


def test_its_place_among_the_orders_documents_is_no_reissue() -> None:
    assert "Revision" not in [label for label, _ in view_of(NOTE)["facts"]]


def test_the_mail_says_what_is_credited() -> None:
    notice = notice_of(NOTE, ("c/o/pdf/2.pdf",))
    assert notice.title == "Credit note EU-2026C-000001 from Cloud Sales Europe Limited"
    assert (notice.to, notice.attachment_paths) == ("accounts@customer.example", ("c/o/pdf/2.pdf",))
    for fact in (
        "We have credited you for invoice EU-2026-000123. Please find the credit note attached.",
        "Amount credited: EUR 464.94",
        "Corrects invoice: EU-2026-000123 of 20 November 2026",
        "Reason: Licences cancelled",
    ):
        assert fact in notice.body
    assert "pay" not in notice.body


def test_an_invoice_still_gets_the_invoices_mail() -> None:
    assert notice_of(invoice(), ("p",)).title == "Invoice EU-2026-000123 from Cloud Sales Europe Limited"
