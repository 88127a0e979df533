from services.document.notice import invoice_notice
from tests.support.invoices import SINGAPORE, buyer, invoice


def test_the_mail_says_what_is_due_and_when() -> None:
    notice = invoice_notice(invoice(), ("c/o/pdf/1.pdf",))
    assert notice.title == "Invoice EU-2026-000123 from Cloud Sales Europe Limited"
    assert (notice.to, notice.attachment_paths) == ("accounts@customer.example", ("c/o/pdf/1.pdf",))
    for fact in (
        "Dear Liffey Analytics DAC,",
        "Invoice number: EU-2026-000123",
        "Amount due: EUR 2,789.64",
        "Due date: 20 December 2026",
        "Subscription: Head office productivity",
    ):
        assert fact in notice.body


def test_the_words_follow_the_sellers_country() -> None:
    notice = invoice_notice(invoice(seller=SINGAPORE), ("p", "x"))
    assert notice.title.startswith("Tax invoice EU-2026-000123")
    assert "Please find your tax invoice attached. The XML file beside it is the same as an e-invoice" in notice.body
    assert notice.attachment_paths == ("p", "x")


def test_a_hybrid_pdf_is_told_of() -> None:
    assert "The PDF also holds it as an e-invoice (Factur-X, EN 16931)" in invoice_notice(invoice(), ("p",)).body


def test_a_document_without_an_e_invoice_promises_none() -> None:
    assert "e-invoice" not in invoice_notice(invoice().model_copy(update={"e_invoice": None}), ("p",)).body


def test_the_longest_names_fit() -> None:
    long = SINGAPORE.model_copy(update={"name": "S" * 200})
    assert len(invoice_notice(invoice(buyer("B" * 200), seller=long), ("p",)).title) == 200
