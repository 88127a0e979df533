"""The mails that tell a customer of a case: to whoever opened it, or to the company once that person has left."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from services.common.database import Connection
from services.common.mail import mailing
from services.manifests.email import EmailManifest
from services.support.cases import Event, record, reference
from services.support.quoting import SEPARATOR
from services.support.reply_address import local_part
from services.support.states import CaseStatus

_TITLE_LIMIT = 200
_HOW_TO_ANSWER = "Just answer this mail to add to the case, or write wherever you opened it, under its reference."
_TOLD = {
    CaseStatus.OPEN: "is open",
    CaseStatus.WAITING_FOR_SUPPORT: "is open again: we are working on it",
    CaseStatus.WAITING_FOR_CUSTOMER: "waits for an answer of yours",
    CaseStatus.RESOLVED: "is resolved. If it is not, just add to it, and it is open again",
    CaseStatus.CLOSED: "is closed. For anything further, please open a new one",
}


@dataclass(frozen=True)
class Addressee:
    """Whom a letter goes to, about which case, and who signs."""

    case_id: UUID
    customer_id: UUID
    number: int
    subject: str
    name: str
    email: str
    seller: str
    reply_token: str


def addressee(connection: Connection, case_id: UUID) -> Addressee:
    """Who is told of the case."""
    row = connection.execute(
        """
        SELECT c.id AS case_id, c.customer_id, c.number, c.subject, c.reply_token, e.name AS seller,
            CASE WHEN u.active THEN u.first_name || ' ' || u.last_name ELSE k.company_name END AS name,
            CASE WHEN u.active THEN u.email ELSE k.email END AS email
        FROM support_case c
        JOIN customer k ON k.id = c.customer_id
        JOIN legal_entity e ON e.id = k.legal_entity_id
        JOIN app_user u ON u.id = c.opened_by
        WHERE c.id = %s
        """,
        (case_id,),
    ).fetchone()
    if row is None:
        raise LookupError(f"case {case_id} is gone")
    return Addressee(**row)


def send(connection: Connection, actor: str, to: Addressee, letter: EmailManifest) -> None:
    """Has the letter sent, and notes it in the case's history by its id."""
    letter_id = uuid4()
    mailing.send(connection, to.customer_id, letter_id, letter)
    record(connection, to.case_id, actor, Event("mail", letter_id))


def received(to: Addressee) -> EmailManifest:
    """Says that the case has reached us."""
    return _letter(to, f"We have received your case {reference(to.number)}, and answer as soon as we can.")


def answered(to: Addressee, message: str) -> EmailManifest:
    """Brings what support has written."""
    return _letter(to, f"There is an answer to your case {reference(to.number)}:", message)


def moved(to: Addressee, status: CaseStatus) -> EmailManifest:
    """Says where the case stands now."""
    how = "" if status is CaseStatus.CLOSED else _HOW_TO_ANSWER
    return _letter(to, f"Your case {reference(to.number)} {_TOLD[status]}.", how=how)


def came_late(to: Addressee) -> EmailManifest:
    """Says that a mail to a closed case was not added to it."""
    told = f"Your mail to the case {reference(to.number)} came after it was closed, and was not added to it."
    return _letter(to, told, "If something is still open, please open a new case.", how="")


def _letter(to: Addressee, *paragraphs: str, how: str = _HOW_TO_ANSWER) -> EmailManifest:
    told = (*paragraphs, how) if how else paragraphs
    text = (SEPARATOR, f"Dear {to.name},", *told, f"Kind regards\n{to.seller}")
    return EmailManifest(
        title=f"[{reference(to.number)}] {to.subject}"[:_TITLE_LIMIT],
        body="\n\n".join(text) + "\n",
        to=to.email,
        reply_to=local_part(to.reply_token),
        thread=f"case.{to.case_id}",
    )
