"""Sending a document's mail once more because a person asks for it: a new key of the ledger, with actor and reason.

A restart never does this: what the ledger has as sent stays sent once. The new mail has the text and the PDF of the
first one; its title counts the sendings, so that its payload, and with it its path and its ledger key, are its own. It
goes to the customer's present address, because a wrong one is the usual reason.

A mail that failed at its address, which its payload holds for good, is replaced: it is never handed over again, and the
new mail finishes the order in its place.
"""

from uuid import UUID

from services.common.database import Database
from services.common.errors import NotPossible
from services.common.mail import documents as document_mails
from services.common.mail.copies import Mail, Refusal, decide
from services.common.mail.documents import Asker
from services.common.pipeline.payloads import PayloadStore, lost
from services.orchestrator import audit
from services.orchestrator.audit import Finding, Warrant
from services.orchestrator.callers import Caller, Refused, refusals_audited
from services.orchestrator.commands import Resend
from services.orchestrator.receipts import Answer


class Resender:
    """Hands a document's mail to the relay once more."""

    def __init__(self, database: Database, store: PayloadStore) -> None:
        self._database = database
        self._store = store

    def resend(self, caller: Caller, order_id: UUID, command: Resend) -> str:
        """The mail of one document of the order.

        Raises:
            InvalidRequest: a real run without an idempotency key: unlike a restart, twice would be two mails.
            NotFound: the order has no such document.
            NotPossible: a real run, and no further mail can be sent.
        """
        caller.need_key(command, "sending twice would be two mails")
        receipt, warrant = caller.receipt(command), caller.warrant("resend", command)
        if receipt.known(self._database):
            return receipt.text
        with self._database.transaction() as connection:
            mail = document_mails.load(connection, order_id, command.document)
        document_lost = self._lost(mail)
        with refusals_audited(self._database, warrant, NotPossible), self._database.transaction() as connection:
            receipt.begin(connection)
            if not command.dry_run:
                mail = document_mails.lock(connection, order_id, command.document)
            decision = decide(mail, document_lost=document_lost)
            finding = Finding(order_id, mail.document, decision.effect, decision.why)
            if not command.dry_run:
                if isinstance(decision, Refusal):
                    raise Refused(finding)
                document_mails.hand_over(connection, order_id, mail, decision.manifest, _asker(warrant))
            audit.record(connection, warrant, finding)
            answer: Answer = {
                "dryRun": command.dry_run,
                "orderId": str(order_id),
                "effect": decision.effect,
                "document": mail.document,
                "number": mail.number,
                "detail": decision.why,
            }
            receipt.keep(connection, answer)
        return receipt.text

    def _lost(self, mail: Mail) -> bool:
        if mail.document_path is None or mail.document_sha256 is None:
            return True
        return lost(self._store, mail.document_path, mail.document_sha256)


def _asker(warrant: Warrant) -> Asker:
    if warrant.reason is None:
        raise LookupError("a real run without a reason")
    return Asker(warrant.operator, warrant.reason, warrant.actor)
