"""The company of the caller."""

from collections.abc import Mapping
from typing import Any

from psycopg import sql

from services.common.api import Call, Handler, Reply
from services.common.api.call import found
from services.common.database import Connection
from services.users import audit, companies, rows
from services.users.audit import Entry
from services.users.operations.company import CompanyAnswer, CompanyChange

_FIND = """
    SELECT c.id, c.customer_number, c.company_name, c.first_name, c.last_name, c.email, c.address_lines AS address,
        c.country, c.vat_id, e.name AS seller, c.created_at, c.updated_at, c.version
    FROM customer c JOIN legal_entity e ON e.id = c.legal_entity_id WHERE c.id = %s
"""


def get_company(call: Call) -> Reply:
    """The company."""
    with call.transaction() as connection:
        return _reply(_find(call, connection))


def change_company(call: Call) -> Reply:
    """Changes what the company itself may change."""

    def effect(connection: Connection) -> Reply:
        company = call.customer.customer_id
        present = connection.execute(companies.LOCKED, (company,)).fetchone()
        present = found(present, "company")
        call.check_version(present["version"])
        changes = companies.columns(call.body(CompanyChange).changes, present)
        statement = sql.SQL("UPDATE customer SET {} WHERE id = %(id)s").format(rows.assignments(changes))
        connection.execute(statement, {**changes, "id": company})
        audit.record(connection, call, Entry.of_company(company, "CHANGED", present, present | changes))
        return _reply(_find(call, connection))

    return call.once(effect)


def _find(call: Call, connection: Connection) -> dict[str, Any]:
    return found(connection.execute(_FIND, (call.customer.customer_id,)).fetchone(), "company")


def _reply(row: Mapping[str, Any]) -> Reply:
    shown = CompanyAnswer(**{name: row[name] for name in CompanyAnswer.model_fields})
    return Reply.of(shown, version=row["version"])


HANDLERS: Mapping[str, Handler] = {"getCompany": get_company, "changeCompany": change_company}
