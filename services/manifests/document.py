"""The document payload: what is to be rendered, handed from the invoice service to the document generator."""

from enum import IntEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from services.manifests.base import Manifest, Metadata, current
from services.manifests.credit_note import CreditNoteDocument
from services.manifests.invoice_document import InvoiceDocument
from services.manifests.versions import PayloadType


class DocumentType(IntEnum):
    """What kind of document the payload describes."""

    INVOICE = 1
    CREDIT_NOTE = 2


Document = InvoiceDocument | CreditNoteDocument
"""What can be rendered."""

_TYPES = {InvoiceDocument: DocumentType.INVOICE, CreditNoteDocument: DocumentType.CREDIT_NOTE}


class DocumentManifest(Manifest):
    """A document with all it says, so that rendering it again needs nothing else."""

    kind: ClassVar[PayloadType] = PayloadType.DOCUMENT

    document_type: DocumentType
    payload: Annotated[Document, Field(discriminator="type_code")]
    metadata: Metadata = current(PayloadType.DOCUMENT)

    @model_validator(mode="after")
    def _of_the_type_it_names(self) -> Self:
        if self.document_type is not _TYPES[type(self.payload)]:
            raise ValueError(f"documentType {self.document_type} does not go with typeCode {self.payload.type_code}")
        return self


def manifest_of(document: Document) -> DocumentManifest:
    """The manifest that hands the document to the document generator."""
    return DocumentManifest(document_type=_TYPES[type(document)], payload=document)
