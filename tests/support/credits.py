"""Credit notes to test with, over the invoices of `tests.support.invoices`."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from services.invoice.credit import CreditHead, Pieces, compose_credit_note, credited_lines
from services.manifests.credit_note import CreditNoteDocument
from services.manifests.invoice_document import InvoiceDocument


def credit_note(
    of: InvoiceDocument,
    quantities: Mapping[int, int | Pieces],
    earlier: Sequence[CreditNoteDocument] = (),
    reason: str = "Licences cancelled",
) -> CreditNoteDocument:
    head = CreditHead(
        number=f"EU-2026C-{len(earlier) + 1:06d}",
        series="EU-2026C",
        revision=of.revision + 1 + len(earlier),
        issued_on=of.issued_on + timedelta(days=3),
        title="Credit note",
        reason=reason,
    )
    pieces = {position: Pieces(asked) if isinstance(asked, int) else asked for position, asked in quantities.items()}
    return compose_credit_note(head, of, earlier, credited_lines(of, earlier, pieces))
