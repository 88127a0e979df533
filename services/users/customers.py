"""The companies that buy from us, taken in and kept by our staff."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from psycopg import sql

from services.common.api import Call, Handler, Page, Reply
from services.common.api.call import found
from services.common.database import Connection
from services.common.errors import InvalidRequest
from services.users import audit, companies, person_rows, rows
from services.users.audit import Entry
from services.users.operations.audit import Action
from services.users.operations.customers import (
    AdministratorAnswer,
    CustomerAnswer,
    CustomerChange,
    CustomerDetailsAnswer,
    CustomersAnswer,
    CustomersQuery,
    NewCustomer,
)

_SHOWN = sql.SQL("""
    SELECT c.id, c.customer_number, c.company_name, c.first_name, c.last_name, c.email, c.address_lines AS address,
        c.country, c.vat_id, e.name AS seller, c.created_at, c.updated_at, c.version, c.active,
        nullif(c.note, '') AS note, c.type, e.invoice_series AS legal_entity
    FROM customer c JOIN legal_entity e ON e.id = c.legal_entity_id
""")
_LIST = sql.SQL("""
    {shown} WHERE (c.created_at, c.id) > {start}
        AND (%(number)s::text IS NULL OR c.customer_number = %(number)s)
        AND (%(name)s::text IS NULL OR lower(c.company_name) LIKE lower(%(name)s))
        AND (%(active)s::boolean IS NULL OR c.active = %(active)s)
    ORDER BY c.created_at, c.id LIMIT %(limit)s
""").format(shown=_SHOWN, start=rows.START)
_ADMINISTRATORS = """
    SELECT id, email, first_name, last_name, state, invited_at, directory_fault AS invitation_fault
    FROM app_user WHERE customer_id = %s AND role = 'ADMIN' ORDER BY created_at, id LIMIT 20
"""


class Customers:
    """Handlers; `wake` is told when the identity provider has something to follow."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """The handlers by their operations."""
        return {
            "listCustomers": list_customers,
            "createCustomer": self.create,
            "getCustomer": get_customer,
            "changeCustomer": self.change,
            "deactivateCustomer": lambda call: self._switch(call, active=False),
            "reactivateCustomer": lambda call: self._switch(call, active=True),
        }

    def create(self, call: Call) -> Reply:
        """Takes a company in and invites its first administrator."""

        def effect(connection: Connection) -> Reply:
            new = call.body(NewCustomer)
            given = new.model_dump(exclude={"legal_entity", "administrator"})
            stored = _stored(companies.columns(given)) | {"legal_entity_id": _seller(connection, new.legal_entity)}
            statement = sql.SQL("INSERT INTO customer ({}) VALUES ({}) RETURNING id").format(
                sql.SQL(", ").join(map(sql.Identifier, stored)), sql.SQL(", ").join(map(sql.Placeholder, stored))
            )
            customer: UUID = found(connection.execute(statement, stored).fetchone(), "customer")["id"]
            created = Entry.of_company(customer, "CREATED", None, stored | {"active": True})
            audit.record(connection, call, created)
            _invite(connection, call, customer, new.administrator.model_dump())
            return _reply(connection, customer, 201, location=f"/customers/{customer}")

        return self._followed(call.once(effect))

    def change(self, call: Call) -> Reply:
        """Changes a customer, or invites one more administrator for it."""

        def effect(connection: Connection) -> Reply:
            given = call.body(CustomerChange).changes
            present = _lock(connection, call.id)
            call.check_version(present["version"])
            administrator = given.get("administrator")
            stored = _stored(
                companies.columns({name: given[name] for name in given if name != "administrator"}, present)
            )
            if stored:
                statement = sql.SQL("UPDATE customer SET {} WHERE id = %(id)s").format(rows.assignments(stored))
                connection.execute(statement, {**stored, "id": call.id})
                changed = Entry.of_company(call.id, "CHANGED", present, present | stored)
                audit.record(connection, call, changed)
            if administrator:
                _invite(connection, call, call.id, administrator)
            return _reply(connection, call.id)

        return self._followed(call.once(effect))

    def _switch(self, call: Call, *, active: bool) -> Reply:
        """Lets the company's people in or not; the identity provider follows person by person."""

        def effect(connection: Connection) -> Reply:
            present = _lock(connection, call.id)
            if present["active"] != active:
                connection.execute("UPDATE customer SET active = %s WHERE id = %s", (active, call.id))
                connection.execute("UPDATE app_user SET directory_due_at = now() WHERE customer_id = %s", (call.id,))
                action: Action = "REACTIVATED" if active else "DEACTIVATED"
                switched = Entry.of_company(call.id, action, present, present | {"active": active})
                audit.record(connection, call, switched)
            return _reply(connection, call.id)

        return self._followed(call.once(effect))

    def _followed(self, reply: Reply) -> Reply:
        self._wake()
        return reply


def list_customers(call: Call) -> Reply:
    """A page of customers."""
    query = call.query(CustomersQuery)
    values = {"number": query.customer_number, "name": _beginning(query.company_name), "active": query.active}
    with call.transaction() as connection:
        # Never prepared: only a plan for the name at hand can use its index.
        listed = connection.execute(_LIST, {**rows.after(query), **values}, prepare=False).fetchall()
    page = Page.cut(listed, query.limit, lambda row: (row["created_at"], row["id"]))
    shown = tuple(CustomerAnswer(**_members(CustomerAnswer, row)) for row in page.rows)
    return Reply.of(CustomersAnswer(customers=shown, next=page.next))


def get_customer(call: Call) -> Reply:
    """One customer."""
    with call.transaction() as connection:
        return _reply(connection, call.id)


def _seller(connection: Connection, series: str) -> UUID:
    row = connection.execute("SELECT id FROM legal_entity WHERE invoice_series = %s", (series,)).fetchone()
    if row is None:
        errors = [{"field": "legalEntity", "message": "none of our companies has this invoice series"}]
        raise InvalidRequest("see 'errors' for each field", errors=errors)
    seller: UUID = row["id"]
    return seller


def _stored(changes: dict[str, Any]) -> dict[str, Any]:
    return changes | ({"note": changes["note"] or ""} if "note" in changes else {})


def _beginning(text: str | None) -> str | None:
    """The pattern for LIKE."""
    if text is None:
        return None
    return "".join(f"\\{character}" if character in "\\%_" else character for character in text) + "%"


def _lock(connection: Connection, customer_id: UUID) -> dict[str, Any]:
    return found(connection.execute(companies.LOCKED, (customer_id,)).fetchone(), "customer")


def _invite(connection: Connection, call: Call, customer_id: UUID, administrator: Mapping[str, str]) -> None:
    row = person_rows.add(connection, customer_id, administrator, "ADMIN")
    audit.record(connection, call, Entry.of_person(customer_id, "INVITED", None, row))


def _members(kind: type[CustomerAnswer], row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in kind.model_fields if name in row}


def _reply(connection: Connection, customer_id: UUID, status: int = 200, *, location: str | None = None) -> Reply:
    statement = sql.SQL("{} WHERE c.id = %s").format(_SHOWN)
    row = found(connection.execute(statement, (customer_id,)).fetchone(), "customer")
    administrators = connection.execute(_ADMINISTRATORS, (customer_id,)).fetchall()
    shown = CustomerDetailsAnswer(
        **_members(CustomerDetailsAnswer, row),
        administrators=tuple(AdministratorAnswer(**administrator) for administrator in administrators),
    )
    return Reply.of(shown, status, version=row["version"], location=location)
