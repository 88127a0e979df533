"""The people of a company: invitations, roles and access. The identity provider follows what is written here."""

from collections.abc import Callable, Mapping

from services.common.api import Call, Handler, Page, Reply
from services.common.database import Connection
from services.common.errors import Conflict, TooManyRequests
from services.users import audit, person_rows, rows
from services.users.audit import Entry
from services.users.operations.audit import Action
from services.users.operations.people import NewPerson, PeopleAnswer, PeopleQuery, PersonAnswer, PersonChange
from services.users.person_rows import Row


class People:
    """Handlers; `wake` is told when the identity provider has something to follow."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """The handlers by their operations."""
        return {
            "listPeople": list_people,
            "invitePerson": self.invite,
            "getPerson": get_person,
            "changePerson": change_person,
            "invitePersonAgain": self.invite_again,
            "deactivatePerson": self.deactivate,
            "reactivatePerson": self.reactivate,
        }

    def invite(self, call: Call) -> Reply:
        """Keeps the invitation; the mail follows once the identity provider knows the person."""

        def effect(connection: Connection) -> Reply:
            person = call.body(NewPerson).model_dump()
            role = person.pop("role")
            company = call.customer.customer_id
            row = person_rows.add(connection, company, person, role)
            audit.record(connection, call, Entry.of_person(company, "INVITED", None, row))
            return _reply(row, 201, location=f"/people/{row['id']}")

        return self._followed(call.once(effect))

    def invite_again(self, call: Call) -> Reply:
        """Has the mail sent once more, unless one is on its way or was sent just now."""

        def effect(connection: Connection) -> Reply:
            row = person_rows.lock(connection, call.id)
            if row["state"] != "INVITED":
                raise Conflict("only people who are still INVITED can be invited again")
            if row["pause"] is not None and row["pause"] > 0:
                raise TooManyRequests("the invitation was mailed just now", retry_after=row["pause"])
            after = person_rows.change(connection, call.id, person_rows.INVITED_AGAIN)
            return _reply(_noted(connection, call, "INVITED_AGAIN", row, after))

        return self._followed(call.once(effect))

    def deactivate(self, call: Call) -> Reply:
        """Takes the access away: no service lets them in from the commit on."""

        def effect(connection: Connection) -> Reply:
            if call.id == call.customer.user_id:
                raise Conflict("nobody deactivates themselves: another administrator can")
            person_rows.hold_company(connection, call.customer.customer_id)
            row = person_rows.lock(connection, call.id)
            if row["state"] == "DEACTIVATED":
                return _reply(row)
            person_rows.check_not_last(connection, row)
            after = person_rows.change(connection, call.id, person_rows.DEACTIVATED)
            return _reply(_noted(connection, call, "DEACTIVATED", row, after))

        return self._followed(call.once(effect))

    def reactivate(self, call: Call) -> Reply:
        """Gives the access back."""

        def effect(connection: Connection) -> Reply:
            row = person_rows.lock(connection, call.id)
            if row["state"] != "DEACTIVATED":
                return _reply(row)
            after = person_rows.change(connection, call.id, person_rows.REACTIVATED)
            return _reply(_noted(connection, call, "REACTIVATED", row, after))

        return self._followed(call.once(effect))

    def _followed(self, reply: Reply) -> Reply:
        self._wake()
        return reply


def list_people(call: Call) -> Reply:
    """A page of people."""
    query = call.query(PeopleQuery)
    with call.transaction() as connection:
        listed = person_rows.page(connection, query, query.state, query.role)
    page = Page.cut(listed, query.limit, lambda row: (row["created_at"], row["id"]))
    return Reply.of(PeopleAnswer(people=tuple(map(_shown, page.rows)), next=page.next))


def get_person(call: Call) -> Reply:
    """One person."""
    with call.transaction() as connection:
        return _reply(person_rows.find(connection, call.id))


def change_person(call: Call) -> Reply:
    """Changes name or role."""

    def effect(connection: Connection) -> Reply:
        changes = call.body(PersonChange).changes
        person_rows.hold_company(connection, call.customer.customer_id)
        row = person_rows.lock(connection, call.id)
        call.check_version(row["version"])
        if changes.get("role") == "USER":
            person_rows.check_not_last(connection, row)
        after = person_rows.change(connection, call.id, rows.assignments(changes), changes)
        return _reply(_noted(connection, call, "CHANGED", row, after))

    return call.once(effect)


def _noted(connection: Connection, call: Call, action: Action, before: Row, after: Row) -> Row:
    """The person after what the caller has done, once the audit has it."""
    audit.record(connection, call, Entry.of_person(call.customer.customer_id, action, before, after))
    return after


def _shown(row: Row) -> PersonAnswer:
    return PersonAnswer(**{name: row[name] for name in PersonAnswer.model_fields})


def _reply(row: Row, status: int = 200, *, location: str | None = None) -> Reply:
    return Reply.of(_shown(row), status, version=row["version"], location=location)
