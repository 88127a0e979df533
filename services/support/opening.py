"""`POST /cases`: a customer opens a case."""

from uuid import UUID, uuid4

from services.common.api import Call, Reply
from services.common.database import Connection
from services.support import cases, letters, links
from services.support.cases import Event
from services.support.messages import write
from services.support.models import NewCase
from services.support.states import Author, CaseStatus


def open_case(call: Call) -> Reply:
    """The case with its first message, and a mail that says it was received.

    Raises:
        NotFound: it is about something that is not the caller's.
    """
    return call.once(lambda connection: _open(connection, call))


def _open(connection: Connection, call: Call) -> Reply:
    given, customer = call.body(NewCase), call.customer
    about = {name: getattr(given, name) for name in links.LINKS}
    links.check(connection, customer.customer_id, about)
    case_id: UUID = uuid4()
    connection.execute(
        """
        INSERT INTO support_case (id, customer_id, opened_by, subject, priority, order_id, invoice_id, license_id)
        VALUES (%(id)s, %(customer)s, %(user)s, %(subject)s, %(priority)s, %(order_id)s, %(invoice_id)s, %(license_id)s)
        """,
        {
            "id": case_id,
            "customer": customer.customer_id,
            "user": customer.user_id,
            "subject": given.subject,
            "priority": given.priority.value,
            **about,
        },
    )
    write(connection, case_id, Author.CUSTOMER, customer.user_id, given.message)
    actor = cases.actor_of(call)
    cases.record(connection, case_id, actor, Event("status", CaseStatus.OPEN))
    to = letters.addressee(connection, case_id)
    letters.send(connection, actor, to, letters.received(to))
    row = cases.get(connection, case_id)
    return Reply.of(cases.answer(row), 201, version=row["version"], location=f"/cases/{case_id}")
