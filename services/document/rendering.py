"""Renders an invoice or a credit note as a PDF/A file, by typst, and its e-invoice into that file or beside it.

The template is code, the document is data: it enters as one JSON string and is placed as plain text, so nothing a
customer can name is ever read as markup. Fonts come from wheels only; there is no network, no system font and no clock,
and equal documents give equal bytes.
"""

import json
import re
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import assert_never

import fontpkg_fira_sans
import pylopdf_fonts_jp
import pylopdf_fonts_th
import pylopdf_fonts_zh_cn
import typst

from services.common.errors import Park
from services.common.pipeline.payloads import MAX_PAYLOAD_BYTES
from services.document.einvoice.cii import cii_of
from services.document.einvoice.hybrid import FILE_NAME, with_factur_x_metadata
from services.document.einvoice.reading import terms_of
from services.document.einvoice.ubl import ubl_of
from services.document.view import view_of
from services.manifests.document import Document
from services.manifests.invoice_document import EInvoice

_TEMPLATES = Path(__file__).parent / "templates"
_TEMPLATE = _TEMPLATES / "invoice.typ"
_STANDARD = re.compile(r"^PDF/A-\db error: ")
MAX_TEXT = 60_000
"""Characters in all descriptions together: 1,000 lines of 60; more would need more memory than a worker has."""


@dataclass(frozen=True)
class Printed:
    """A document in the forms that its recipient gets; the e-invoice if it is a file of its own and not in the PDF."""

    pdf: bytes
    e_invoice: bytes | None = None


class Renderer:
    """Renders on any thread: the fonts are shared, but each thread has its own compiler, as typst demands."""

    def __init__(self) -> None:
        folders = [
            fontpkg_fira_sans.ROOT / "files",
            *(fonts.sans_path().parent for fonts in (pylopdf_fonts_jp, pylopdf_fonts_zh_cn, pylopdf_fonts_th)),
        ]
        self._fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder) for folder in folders]
        )
        self._of_thread = threading.local()

    def render(self, document: Document) -> Printed:
        """The PDF of the document, with all fonts embedded, and its e-invoice.

        Raises:
            Park: the document cannot be printed as it stands: a text needs a script without a font, there is too much
                text or too much in the PDF, or a country or currency is unknown.
        """
        length = sum(len(line.description) for line in document.lines)
        if length > MAX_TEXT:
            raise Park(
                f"invoice {document.number} cannot be printed: its lines have {length:,d} characters, "
                f"more than {MAX_TEXT:,d}; shorten the descriptions or split the order"
            )
        try:
            data = json.dumps(view_of(document), ensure_ascii=False)
            terms = terms_of(document)
        except ValueError as fault:
            raise Park(f"invoice {document.number} cannot be printed: {fault}") from None
        match document.e_invoice:
            case None:
                printed = Printed(self._pdf(document, data))
            case EInvoice.FACTUR_X:
                printed = Printed(with_factur_x_metadata(self._pdf(document, data, cii_of(terms))))
            case EInvoice.PEPPOL:
                printed = Printed(self._pdf(document, data), ubl_of(terms))
            case unknown:
                assert_never(unknown)
        size = max(len(printed.pdf), len(printed.e_invoice or b""))
        if size > MAX_PAYLOAD_BYTES:
            raise Park(
                f"invoice {document.number} cannot be printed: its PDF or e-invoice has {size:,d} bytes, "
                f"more than {MAX_PAYLOAD_BYTES:,d}; shorten the descriptions or split the order"
            )
        return printed

    def _pdf(self, document: Document, data: str, embedded: bytes | None = None) -> bytes:
        """PDF/A-2b, or with an XML file in it PDF/A-3b."""
        inputs = {"document": data}
        if embedded is not None:
            inputs |= {"eInvoice": embedded.decode(), "eInvoiceName": FILE_NAME}
        try:
            pdf = self._compiler().compile(
                format="pdf",
                sys_inputs=inputs,
                pdf_standards="a-2b" if embedded is None else "a-3b",
                timestamp=datetime.combine(document.issued_on, time(), UTC),
            )
        except typst.TypstError as fault:
            if "could not be displayed" not in fault.message:
                raise
            raise Park(
                f"invoice {document.number} cannot be printed: {_STANDARD.sub('', fault.message)}; "
                "change the name or add a font for its script"
            ) from None
        if not isinstance(pdf, bytes):
            raise TypeError(f"typst answered {type(pdf).__name__} instead of one PDF")
        return pdf

    def _compiler(self) -> typst.Compiler:
        compiler = getattr(self._of_thread, "compiler", None)
        if compiler is None:
            compiler = typst.Compiler(
                str(_TEMPLATE), root=str(_TEMPLATES), font_paths=self._fonts, ignore_system_fonts=True
            )
            self._of_thread.compiler = compiler
        return compiler


def render_invoice(document: Document) -> Printed:
    """The invoice in print, by the process's shared renderer; see `Renderer.render`."""
    return _shared().render(document)


@cache
def _shared() -> Renderer:
    return Renderer()
