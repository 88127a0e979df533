"""Sending a document's mail once more because a person asks for it: a new key of the ledger, with actor and reason.

A restart never does this: what the ledger has as sent stays sent once. The new mail has the text and the PDF of the
first one; its title counts the sendings, so that its payload, and with it its path and its ledger key, are its own. It
goes to the customer's present address, because a wrong one is the usual reason.

A mail that failed at its address, which its payload holds for good, is replaced: it is never handed over again, and the
new mail finishes the order in its place.
"""

from uuid import UUID

from services.common import orders, outbox
from services.common.database import Connection, Database
from services.common.errors import NotPossible
from services.common.orders import State
from services.common.payloads import PayloadStore
from services.manifests.email import EmailManifest
from services.orchestrator import audit, mails
from services.orchestrator.audit import Finding, Warrant
from services.orchestrator.callers import Caller, Refused, refusals_audited
from services.orchestrator.commands import Resend
from services.orchestrator.copies import Mail, decide
from services.orchestrator.objects import lost
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
            mail = mails.load(connection, order_id, command.document)
        document_lost = self._lost(mail)
        with refusals_audited(self._database, warrant, NotPossible), self._database.transaction() as connection:
            receipt.begin(connection)
            if not command.dry_run:
                mail = mails.lock(connection, order_id, command.document)
            decision = decide(mail, document_lost=document_lost)
            finding = Finding(order_id, mail.document, decision.effect, decision.why)
            if not command.dry_run:
                if decision.copy is None:
                    raise Refused(finding)
                _hand_over(connection, order_id, mail, decision.copy, warrant)
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


def _hand_over(connection: Connection, order_id: UUID, mail: Mail, copy: EmailManifest, warrant: Warrant) -> None:
    item = outbox.payload("email", mail.customer_id, order_id, mail.revision, copy)
    outbox.add(connection, item)
    replaced = mail.path if mail.replaceable else None
    connection.execute(
        """
        INSERT INTO mail_copy (path, invoice_id, number, subject, reason, replaces) VALUES (%s, %s, %s, %s, %s, %s)
        """,
        (item.path, mail.invoice_id, mail.number, warrant.operator, warrant.reason, replaced),
    )
    # The customer reads the history too: the operator's own reason stands in the audit alone.
    detail = f"the mail of {mail.document}, number {mail.number}"
    orders.note(connection, order_id, "SENT_AGAIN", detail, warrant.actor)
    if replaced is not None:
        connection.execute("UPDATE inbox SET outcome = 'replaced' WHERE consumer = 'email' AND path = %s", (replaced,))
        if mail.finishes:
            # Its PDF is there, so that much of the order is done for sure.
            orders.resume(connection, order_id, State.DOCUMENTED, detail, warrant.actor)
