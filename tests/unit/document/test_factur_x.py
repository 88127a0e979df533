"""The PDF of a seller in the EU is Factur-X: PDF/A-3 with the invoice in it, named by its metadata, always alike."""

import io
import time
from typing import Any

import facturx
import pytest
from lxml import etree
from pypdf import PdfReader

from services.document.einvoice.cii import cii_of
from services.document.einvoice.hybrid import with_factur_x_metadata
from services.document.einvoice.reading import terms_of
from services.document.rendering import Renderer, render_invoice
from services.invoice.composition import SoldItem
from services.manifests.document import Document
from services.manifests.invoice_document import EInvoice
from tests.support.credits import credit_note
from tests.support.invoices import ITEM, SINGAPORE, buyer, invoice
from tests.support.vat_ids import VAT_IDS

ABROAD = invoice(buyer("Müller & Söhne <GmbH>", "DE", VAT_IDS["DE"]))
DOCUMENTS = [invoice(), ABROAD, invoice(buyer(country="US")), credit_note(ABROAD, {1: 20})]
FX = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"


def opened(document: Document) -> PdfReader:
    return PdfReader(io.BytesIO(render_invoice(document).pdf))


def xmp(document: Document) -> Any:
    metadata: Any = opened(document).root_object["/Metadata"]
    packet: bytes = metadata.get_data()
    return etree.fromstring(packet[packet.index(b"<x:xmpmeta") : packet.index(b"</x:xmpmeta>") + 12])


@pytest.mark.parametrize("document", DOCUMENTS, ids=["domestic", "reverse charge", "abroad", "credit note"])
def test_the_library_finds_the_invoice_in_it_and_checks_it(document: Document) -> None:
    name, xml = facturx.get_xml_from_pdf(render_invoice(document).pdf, check_xsd=True, check_schematron=False)
    assert name == "factur-x.xml"
    assert xml == cii_of(terms_of(document))
    assert (facturx.get_flavor(etree.fromstring(xml)), facturx.get_level(etree.fromstring(xml))) == (
        "factur-x",
        "en16931",
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=["domestic", "reverse charge", "abroad", "credit note"])
def test_its_metadata_name_the_profile_and_declare_their_own_schema(document: Document) -> None:
    root = xmp(document)
    assert {entry.tag.removeprefix(FX): entry.text for entry in root.iter(f"{FX}*")} == {
        "DocumentType": "INVOICE",
        "DocumentFileName": "factur-x.xml",
        "Version": "1.0",
        "ConformanceLevel": "EN 16931",
    }
    declared = [entry.text for entry in root.iter("{http://www.aiim.org/pdfa/ns/schema#}namespaceURI")]
    assert FX.strip("{}") in declared
    assert len(declared) == len(set(declared))
    identification = "{http://www.aiim.org/pdfa/ns/id/}"
    assert [root.findtext(f".//{identification}{name}") for name in ("part", "conformance")] == ["3", "B"]


def test_the_invoice_is_an_associated_file_with_the_invoices_day() -> None:
    reader = opened(invoice())
    root: Any = reader.root_object
    [reference] = root["/AF"]
    file = reference.get_object()
    assert (file["/F"], file["/UF"], file["/AFRelationship"]) == ("factur-x.xml", "factur-x.xml", "/Alternative")
    embedded = file["/EF"]["/F"].get_object()
    assert (embedded["/Subtype"], embedded["/Params"]["/ModDate"]) == ("/text/xml", "D:20261120000000Z")
    assert reader.pdf_header == "%PDF-1.7"
    assert "/ID" in reader.trailer


@pytest.mark.parametrize("document", DOCUMENTS[1:], ids=["reverse charge", "abroad", "credit note"])
def test_the_hour_it_is_printed_at_leaves_no_trace(document: Document) -> None:
    first = Renderer().render(document)
    time.sleep(1.1)  # PDF and XMP count in seconds
    assert Renderer().render(document) == first


def test_it_prints_like_the_same_document_without_an_e_invoice() -> None:
    plain = invoice().model_copy(update={"e_invoice": None})
    texts = [[page.extract_text() for page in opened(document).pages] for document in (invoice(), plain)]
    assert texts[0] == texts[1]
    assert render_invoice(plain).e_invoice is None
    assert list(opened(plain).attachments) == []


def test_the_longest_invoice_has_its_e_invoice_too() -> None:
    of = invoice(
        items=tuple(SoldItem(f"Position {number:4d} of very many", 1, ITEM.unit_price) for number in range(1_000))
    )
    [[xml]] = opened(of).attachments.values()
    assert len(etree.fromstring(xml).findall(".//{*}IncludedSupplyChainTradeLineItem")) == 1_000


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b"<x:xmpmeta", b"<y:xmpmeta", "declare no extension schemas"),
        (b"trailer", b"retailr", "trailer"),
        (b"/Metadata 1", b"/Metadota 1", "no metadata"),
    ],
)
def test_a_file_that_is_no_pdf_a_of_the_typesetter_is_refused(old: bytes, new: bytes, why: str) -> None:
    pdf = render_invoice(invoice(seller=SINGAPORE)).pdf
    with pytest.raises(ValueError, match=why):
        with_factur_x_metadata(pdf.replace(old, new))


def test_outside_the_eu_the_pdf_holds_nothing_and_the_e_invoice_is_beside_it() -> None:
    of = invoice(seller=SINGAPORE)
    assert of.e_invoice is EInvoice.PEPPOL
    assert list(opened(of).attachments) == []
    assert render_invoice(of).e_invoice is not None
