"""`GET /invoices/{id}/document`: a link to the printed document."""

from typing import Any

from services.common.api import Call, Reply
from services.common.errors import DocumentNotReady, NotFound
from services.invoices.detail import find
from services.invoices.documents import Document, Documents
from services.invoices.models import DocumentLinkAnswer, DocumentQuery, Format
from services.invoices.printing import print_again, print_late

_CONTENT_TYPES: dict[Format, str] = {"pdf": "application/pdf", "xml": "application/xml"}


class Linking:
    """Hands out links to documents that are there, and has those printed again that are not."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def link(self, call: Call) -> Reply:
        """A link to one document of the caller's.

        Raises:
            NotFound: there is no such invoice, or it has no e-invoice beside its PDF.
            DocumentNotReady: it is being printed.
            Unavailable: S3 does not answer.
        """
        wanted = call.query(DocumentQuery).format
        with call.transaction() as connection:
            row = find(connection, call.id)
            if row["document_path"] is None:
                print_late(connection, row)
        document = document_of(row, wanted)
        if self._documents.lost(document.path, document.sha256):
            with call.transaction() as connection:
                print_again(connection, row)
            raise DocumentNotReady("documents are kept for some weeks; this one is being printed again")
        link = self._documents.link(document)
        answer = DocumentLinkAnswer(
            url=link.url, expires_at=link.expires_at, sha256=document.sha256, content_type=document.content_type
        )
        # Whoever has the link needs no token: no cache may keep it.
        return Reply(200, answer.model_dump_json(by_alias=True), {"Cache-Control": "no-store"})


def document_of(row: dict[str, Any], wanted: Format) -> Document:
    """The invoice's document in the form that is wanted.

    Raises:
        NotFound: it has no e-invoice beside its PDF.
        DocumentNotReady: it was not printed yet.
    """
    if row["document_path"] is None:
        raise DocumentNotReady("the document is being printed")
    path, sha256 = row["document_path"], row["document_sha256"]
    if wanted == "xml":
        path, sha256 = row["e_invoice_path"], row["e_invoice_sha256"]
    if path is None:
        raise NotFound("this document has no XML beside it: a European one is inside the PDF")
    file_name = f"{row['kind'].lower().replace('_', '-')}-{row['invoice_number']}.{wanted}"
    return Document(path, sha256, file_name, _CONTENT_TYPES[wanted])
