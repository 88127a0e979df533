"""Every e-invoice of a population that Hypothesis makes is valid: by the XML Schema and by the rules of EN 16931."""

import pytest
from hypothesis import given, settings

from services.document.einvoice.cii import cii_of
from services.document.einvoice.reading import terms_of
from services.document.einvoice.ubl import ubl_of
from services.manifests.document import Document
from services.manifests.invoice_document import EInvoice
from tests.support.credits import credit_note
from tests.support.invoices import SINGAPORE, buyer, invoice
from tests.support.populations import APAC_DOCUMENTS, EU_DOCUMENTS
from tests.support.schematron import Syntax, violations


def ubl_syntax(document: Document) -> Syntax:
    return Syntax.UBL_INVOICE if document.type_code == 380 else Syntax.UBL_CREDIT_NOTE


@settings(max_examples=100, deadline=None)
@given(EU_DOCUMENTS)
def test_every_e_invoice_of_the_eu_keeps_the_rules(document: Document) -> None:
    assert document.e_invoice is EInvoice.FACTUR_X
    assert violations(cii_of(terms_of(document)), Syntax.CII) == []


@settings(max_examples=50, deadline=None)
@given(APAC_DOCUMENTS)
def test_every_e_invoice_of_apac_keeps_the_rules(document: Document) -> None:
    assert document.e_invoice is EInvoice.PEPPOL
    assert violations(ubl_of(terms_of(document)), ubl_syntax(document)) == []


@settings(max_examples=25, deadline=None)
@given(EU_DOCUMENTS)
def test_both_syntaxes_say_the_same(document: Document) -> None:
    assert violations(ubl_of(terms_of(document)), ubl_syntax(document)) == []


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("<ram:TaxBasisTotalAmount>2268.00", "<ram:TaxBasisTotalAmount>2268.01", "BR-CO-13"),
        ("<ram:GrandTotalAmount>2789.64", "<ram:GrandTotalAmount>2789.65", "BR-CO-15"),
        ("<ram:DuePayableAmount>2789.64", "<ram:DuePayableAmount>2789.65", "BR-CO-16"),
        ("<ram:CalculatedAmount>521.64", "<ram:CalculatedAmount>531.64", "BR-CO-14"),
        ('schemeID="VA">IE', 'schemeID="VA">ZZ', "BR-CO-09"),
        ("<ram:CategoryCode>S</ram:CategoryCode>", "<ram:CategoryCode>AE</ram:CategoryCode>", "BR-AE-05"),
    ],
)
def test_a_broken_rule_is_found(old: str, new: str, rule: str) -> None:
    xml = cii_of(terms_of(invoice())).decode()
    assert old in xml
    assert any(found.startswith(rule) for found in violations(xml.replace(old, new).encode(), Syntax.CII))


def test_a_broken_rule_of_a_ubl_credit_note_is_found() -> None:
    note = credit_note(invoice(buyer(country="SG"), seller=SINGAPORE), {1: 20})
    xml = ubl_of(terms_of(note))
    broken = xml.replace(
        b'<cbc:TaxInclusiveAmount currencyID="EUR">412.02', b'<cbc:TaxInclusiveAmount currencyID="EUR">412.03'
    )
    assert broken != xml
    assert any("BR-CO-15" in found for found in violations(broken, Syntax.UBL_CREDIT_NOTE))
