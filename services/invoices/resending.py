"""`POST /invoices/{id}/resend`: the document's mail once more, to the customer's own address."""

from typing import Any

from services.common.api import Call, Reply
from services.common.database import Connection
from services.common.errors import NotPossible, TooManyRequests
from services.common.mail import documents as document_mails
from services.common.mail.copies import Mail, Obstacle, Refusal, decide
from services.common.mail.documents import Asker
from services.invoices.detail import find
from services.invoices.documents import Documents
from services.invoices.models import InvoiceResentAnswer
from services.invoices.printing import print_again

MAILS_A_DAY = 3
"""Copies of one document within 24 hours, whoever asked for them: enough for a mail that was lost or misfiled, too few
to fill somebody's mailbox or to cost our name as a sender."""

_WORDS = {
    Obstacle.NOT_SENT_YET: "its first mail is not sent yet",
    Obstacle.ON_ITS_WAY: "a mail of it is on its way",
    Obstacle.ADDRESS_REFUSED: "mails to your company's address come back or were reported as unwanted: change the "
    "address, or open a support case",
    Obstacle.DOCUMENT_LOST: "the document is being printed again; try again in a minute",
}


class Resending:
    """Sends documents' mails again."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def resend(self, call: Call) -> Reply:
        """The mail of one document of the caller's.

        Raises:
            NotFound: there is no such invoice.
            NotPossible: no further mail can be sent now.
            TooManyRequests: enough were sent within a day.
        """
        with call.transaction() as connection:
            invoice = find(connection, call.id)
        document_lost = self._look_after(call, invoice)
        return call.once(lambda connection: _send(connection, call, invoice, document_lost=document_lost))

    def _look_after(self, call: Call, invoice: dict[str, Any]) -> bool:
        """Whether the document is lost; it is printed again then, whatever comes of the mail."""
        if invoice["document_path"] is None:
            return True
        files = [(invoice["document_path"], invoice["document_sha256"])]
        if invoice["e_invoice_path"] is not None:
            files.append((invoice["e_invoice_path"], invoice["e_invoice_sha256"]))
        if not any(self._documents.lost(path, sha256) for path, sha256 in files):
            return False
        with call.transaction() as connection:
            print_again(connection, invoice)
        return True


def _send(connection: Connection, call: Call, invoice: dict[str, Any], *, document_lost: bool) -> Reply:
    mail = document_mails.lock(connection, invoice["order_id"], invoice["invoice_number"])
    decision = decide(mail, document_lost=document_lost)
    if isinstance(decision, Refusal):
        raise NotPossible(_WORDS[decision.obstacle])
    _check_rate(connection, mail)
    subject = call.customer.subject
    asker = Asker(subject, "asked for by the customer", f"customer {subject}")
    document_mails.hand_over(connection, invoice["order_id"], mail, decision.manifest, asker)
    answer = InvoiceResentAnswer(invoice_id=mail.invoice_id, number=mail.number)
    return Reply.of(answer, 202, location=f"/invoices/{mail.invoice_id}")


def _check_rate(connection: Connection, mail: Mail) -> None:
    row = connection.execute(
        """
        SELECT count(*) AS sent, ceil(extract(epoch FROM min(created_at) + interval '1 day' - now()))::int AS seconds
        FROM mail_copy WHERE invoice_id = %s AND created_at > now() - interval '1 day'
        """,
        (mail.invoice_id,),
    ).fetchone()
    if row is not None and row["sent"] >= MAILS_A_DAY:
        detail = f"{MAILS_A_DAY} mails of {mail.document} were sent within a day"
        raise TooManyRequests(detail, retry_after=max(1, row["seconds"]))
