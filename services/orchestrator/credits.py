"""Having an invoice credited: a request for the invoice service, which alone draws numbers and composes documents."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from services.common import orders
from services.common.database import Connection, Database
from services.common.errors import NotFound, NotPossible
from services.common.pipeline import manifests, outbox
from services.manifests.credit_note import CreditNoteDocument, remaining
from services.manifests.credit_request import CreditRequestManifest
from services.manifests.document import DocumentManifest
from services.manifests.invoice_document import InvoiceDocument
from services.orchestrator import audit
from services.orchestrator.audit import Finding, Warrant
from services.orchestrator.callers import Caller, Refused, refusals_audited
from services.orchestrator.commands import Credit
from services.orchestrator.receipts import Answer


@dataclass(frozen=True)
class Creditable:
    """An invoice with what is left of it, by line; requests that are still on their way are not counted yet."""

    customer_id: UUID
    revision: int
    left: dict[int, int]

    def refusal(self, command: Credit) -> str | None:
        """Why the command cannot be met, or None."""
        if not any(self.left.values()):
            return f"nothing of {command.invoice} is left to credit"
        for line in command.quantities:
            if line.quantity > self.left.get(line.position, 0):
                return f"line {line.position} of {command.invoice} has {self.left.get(line.position, 0)} left"
        return None


class Crediting:
    """Hands requests for credit notes to the invoice service."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def credit(self, caller: Caller, order_id: UUID, command: Credit) -> str:
        """All or part of one invoice of the order.

        Raises:
            InvalidRequest: a real run without an idempotency key: twice would be two credit notes.
            NotFound: the order has no such invoice.
            NotPossible: a real run, and not that much is left of it.
        """
        caller.need_key(command, "crediting twice would be two credit notes")
        receipt, warrant = caller.receipt(command), caller.warrant("credit", command)
        if receipt.known(self._database):
            return receipt.text
        with refusals_audited(self._database, warrant, NotPossible), self._database.transaction() as connection:
            receipt.begin(connection)
            found = _load(connection, order_id, command.invoice)
            refusal = found.refusal(command)
            effect = "refused" if refusal else "credit"
            detail = refusal or f"the invoice service issues a credit note of {command.invoice}"
            finding = Finding(order_id, command.invoice, effect, detail)
            answer: Answer = {
                "dryRun": command.dry_run,
                "orderId": str(order_id),
                "invoice": command.invoice,
                "effect": effect,
                "detail": detail,
                "left": {str(position): pieces for position, pieces in found.left.items()},
            }
            if not command.dry_run:
                if refusal:
                    raise Refused(finding)
                _hand_over(connection, order_id, found, command, warrant)
            audit.record(connection, warrant, finding)
            receipt.keep(connection, answer)
        return receipt.text


def _load(connection: Connection, order_id: UUID, number: str) -> Creditable:
    rows = connection.execute(
        "SELECT customer_id, body FROM outbox WHERE order_id = %s AND queue = 'document' ORDER BY id", (order_id,)
    ).fetchall()
    documents = [manifests.read(DocumentManifest, row["body"].encode()).payload for row in rows]
    notes = [one for one in documents if isinstance(one, CreditNoteDocument) and one.corrects.number == number]
    for document in documents:
        if isinstance(document, InvoiceDocument) and document.number == number:
            revision = max(one.revision for one in documents) + 1
            return Creditable(rows[0]["customer_id"], revision, remaining(document, notes))
    raise NotFound(f"there is no order with this id that has the invoice {number}")


def _hand_over(connection: Connection, order_id: UUID, found: Creditable, command: Credit, warrant: Warrant) -> None:
    request = CreditRequestManifest(
        request_id=uuid4(),
        invoice_number=command.invoice,
        quantities=command.quantities,
        reason=command.printed_reason,
    )
    outbox.add(connection, outbox.payload("invoice", found.customer_id, order_id, found.revision, request))
    # The customer reads the history too: the operator's own reason stands in the audit alone.
    orders.note(connection, order_id, "CREDIT_ASKED", f"a credit note of {command.invoice}", warrant.actor)
