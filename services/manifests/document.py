"""The document payload: what is to be rendered, handed from the invoice service to the document generator."""

from enum import IntEnum

from pydantic import field_validator

from services.manifests.base import Metadata, Model, PayloadType, check_kind, current
from services.manifests.invoice_document import InvoiceDocument


class DocumentType(IntEnum):
    """What kind of document the payload describes."""

    INVOICE = 1


class DocumentManifest(Model):
    """A document with all it says, so that rendering it again needs nothing else."""

    document_type: DocumentType
    payload: InvoiceDocument
    metadata: Metadata = current(PayloadType.DOCUMENT)

    @field_validator("metadata")
    @classmethod
    def _of_this_kind(cls, metadata: Metadata) -> Metadata:
        return check_kind(metadata, PayloadType.DOCUMENT)
