import hashlib
import io
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from services.common.errors import Park
from services.common.pipeline import manifests
from services.document.rendering import MAX_TEXT, Renderer, render_invoice
from services.invoice.composition import SoldItem
from services.manifests.document import DocumentManifest
from services.manifests.invoice_document import EInvoice, InvoiceDocument
from tests.support.invoices import SINGAPORE, buyer, invoice

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden"
HOSTILE = [
    '#panic("x") $x$ *b* _i_ `raw` <script>alert(1)</script>',
    '#read("/etc/passwd") #import "@preview/tablex:0.0.9"',
    "= Heading // comment /* block */ @reference <label> \\u{41} ]",
    '"}], "title": "other"',
    "http://169.254.169.254/ file:///etc/passwd {{ 7*7 }} %PDF",
]


def opened(document: InvoiceDocument) -> PdfReader:
    return PdfReader(io.BytesIO(render_invoice(document).pdf))


def text_of(document: InvoiceDocument) -> str:
    pages = opened(document).pages
    return "\n".join(page.extract_text() for page in pages).replace("\u200b", "")


def fonts_of(document: InvoiceDocument) -> set[str]:
    found = set()
    for page in opened(document).pages:
        resources: Any = page["/Resources"]
        for reference in resources["/Font"].values():
            font = reference.get_object()["/DescendantFonts"][0].get_object()
            descriptor = font["/FontDescriptor"].get_object()
            assert "/FontFile2" in descriptor or "/FontFile3" in descriptor
            found.add(str(font["/BaseFont"]).split("+")[1].split("-")[0])
    return found


def test_everything_the_law_wants_stands_on_one_page() -> None:
    document = invoice(buyer("Müller & Söhne GmbH", "DE", "DE811907980", ("Hauptstraße 5", "10115 Berlin")))
    assert len(opened(document).pages) == 1
    text = text_of(document)
    for fact in (
        "Invoice number EU-2026-000123",
        "Date of issue 20 November 2026",
        "Date of supply 20 November 2026",
        "Due date 20 December 2026",
        "Cloud Sales Europe Limited",
        "VAT ID IE3628739UH",
        "Registered in Ireland No. 628739",
        "Müller & Söhne GmbH",
        "Hauptstraße 5",
        "10115 Berlin",
        "Germany",
        "Your VAT ID DE811907980",
        "1 Office Suite Business Premium, monthly licence 120 18.90 0 % 2,268.00",
        "Reverse charge: VAT to be accounted for by the recipient (Article 196, Directive 2006/112/EC)",
        "Amount due (EUR) 2,268.00",
        "IE29 AIBK 9311 5212 3456 78",
        "Page 1 of 1",
    ):
        assert fact in text


@pytest.mark.parametrize(
    ("name", "country", "family"),
    [
        ("Société Générale d'Éducation, Łódź ĐỊA ĐIỂM", "FR", "FiraSans"),
        ("Ελληνική Ναυτιλία", "GR", "FiraSans"),
        ("Софийска Компания ЕООД", "BG", "FiraSans"),
        ("上海云端软件有限公司 直骨", "CN", "NotoSansSC"),
        ("東京データ販売株式会社 直骨", "JP", "NotoSansJP"),
    ],
)
def test_names_print_in_their_script_with_embedded_fonts(name: str, country: str, family: str) -> None:
    document = invoice(buyer(name, country), seller=SINGAPORE)
    assert name in text_of(document)
    assert fonts_of(document) == {"FiraSans", family}


def test_thai_prints_with_its_marks() -> None:
    document = invoice(buyer("บริษัท กรุงเทพ จำกัด", "TH"), seller=SINGAPORE)
    assert fonts_of(document) == {"FiraSans", "NotoSansThai"}
    content = opened(document).pages[0].get_contents()
    assert content is not None
    for cluster in ("ริ", "ษั", "รุ", "กั"):  # shaped together, so their text stands beside the glyphs
        assert cluster.encode("utf-16-be").hex().upper().encode() in content.get_data()


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_never_markup(name: str) -> None:
    document = invoice(buyer(name, address=(name, "Dublin")), items=(SoldItem(name, 1, Decimal(1)),))
    assert "".join(text_of(document).split()).count("".join(name.split())) == 3


@settings(max_examples=12, deadline=None)
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60))
def test_any_ascii_name_prints_as_it_is(name: str) -> None:
    assert name in "".join(text_of(invoice(buyer(name))).split())


@settings(max_examples=8, deadline=None)
@given(st.integers(1, 10**6), st.decimals(0, 10**4, places=2), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_equal_invoices_give_equal_bytes(quantity: int, price: Decimal, currency: str) -> None:
    document = invoice(items=(SoldItem("Seat", quantity, price),), currency=currency)
    assert Renderer().render(document) == render_invoice(document)


@pytest.mark.parametrize(
    "environment",
    [
        {"TZ": "Pacific/Kiritimati", "LC_ALL": "th_TH.UTF-8", "PYTHONHASHSEED": "1"},
        {"TZ": "Pacific/Pago_Pago", "LC_ALL": "C", "PYTHONHASHSEED": "2", "SOURCE_DATE_EPOCH": "1", "HOME": "/nowhere"},
    ],
    ids=["east", "west"],
)
def test_another_process_time_zone_and_locale_give_the_same_bytes(environment: dict[str, str]) -> None:
    program = (
        "import hashlib; from services.document.rendering import render_invoice; "
        "from tests.support.invoices import invoice; print(hashlib.sha256(render_invoice(invoice()).pdf).hexdigest())"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == hashlib.sha256(render_invoice(invoice()).pdf).hexdigest()


@pytest.mark.parametrize(("file", "sha256"), sorted(json.loads((GOLDEN / "printed.json").read_text()).items()))
def test_a_golden_document_prints_as_it_was_printed(file: str, sha256: str) -> None:
    """A restart years later has to give the bytes that the customer has: a change of the print is a decision."""
    document = manifests.read(DocumentManifest, (GOLDEN / file).with_suffix(".json").read_bytes()).payload
    printed = render_invoice(document)
    made = printed.e_invoice if file.endswith(".xml") else printed.pdf
    assert made is not None
    assert hashlib.sha256(made).hexdigest() == sha256


def test_every_golden_document_has_its_print() -> None:
    payloads = {path: manifests.read(DocumentManifest, path.read_bytes()) for path in GOLDEN.glob("document.v*/*.json")}
    beside = {path.with_suffix(".xml") for path, one in payloads.items() if one.payload.e_invoice is EInvoice.PEPPOL}
    files = {str(path.relative_to(GOLDEN)) for path in (*payloads, *beside)}
    assert files == set(json.loads((GOLDEN / "printed.json").read_text()))


def test_threads_share_a_renderer() -> None:
    renderer, document = Renderer(), invoice()
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: renderer.render(document), range(12)))) == 1


def test_it_is_an_archivable_file_without_active_content() -> None:
    reader = opened(invoice())
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == (
        "Invoice EU-2026-000123",
        "Cloud Sales Europe Limited",
    )
    assert str(reader.metadata.creation_date) == "2026-11-20 00:00:00+00:00"
    assert not {"/OpenAction", "/AA", "/AcroForm"} & set(reader.root_object)
    assert set(reader.root_object["/Names"]) == {"/EmbeddedFiles"}  # type: ignore[call-overload]


def test_many_lines_repeat_the_header_and_count_the_pages() -> None:
    items = tuple(SoldItem(f"Cloud Backup {size} TB", size, Decimal("9.99")) for size in range(1, 61))
    pages = [page.extract_text() for page in opened(invoice(items=items)).pages]
    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
        assert "EU-2026-000123" in page
    assert "Description" in pages[1]


@pytest.mark.parametrize("name", ["한국전자", "Acme 🚀", "شركة"])
def test_a_script_without_a_font_is_refused_by_name(name: str) -> None:
    with pytest.raises(Park, match=r"invoice EU-2026-000123 cannot be printed: the text .* add a font"):
        render_invoice(invoice(buyer(name)))


def test_too_much_text_is_refused() -> None:
    line = SoldItem("x" * 300, 1, Decimal(1))
    with pytest.raises(Park, match="more than 60,000"):
        render_invoice(invoice(items=(line,) * (MAX_TEXT // 300 + 1)))


def test_a_pdf_too_large_to_be_read_again_is_refused() -> None:
    han = "".join(map(chr, range(0x4E00, 0x4E00 + 12_000)))
    items = tuple(SoldItem(han[start : start + 300], 1, Decimal(1)) for start in range(0, len(han), 300))
    with pytest.raises(Park, match=r"its PDF or e-invoice has [0-9,]+ bytes, more than 2,097,152"):
        render_invoice(invoice(items=items, seller=SINGAPORE))


def test_a_country_that_does_not_exist_is_refused() -> None:
    document = invoice()
    nowhere = document.model_copy(update={"buyer": buyer(country="XX")})
    with pytest.raises(Park, match="cannot be printed: country 'XX'"):
        render_invoice(nowhere)
