"""The accounts of a company."""

from collections.abc import Mapping
from typing import Any

from psycopg import sql

from services.common.api import Call, Handler, Page, Reply
from services.common.api.call import found
from services.common.database import Connection
from services.common.errors import Conflict
from services.users import rows
from services.users.operations.accounts import AccountAnswer, AccountChange, AccountsAnswer, AccountsQuery, NewAccount

_COLUMNS = sql.SQL("id, name, description, created_at, updated_at, version")
_LIST = sql.SQL("""
    SELECT {columns} FROM account
    WHERE (created_at, id) > {start} AND (%(name)s::text IS NULL OR name = %(name)s)
    ORDER BY created_at, id LIMIT %(limit)s
""").format(columns=_COLUMNS, start=rows.START)
_KNOWN_TO_LICENSES = ("license_account_of_its_customer", "license_account_account_id_fkey")
"""Constraints: what a licence has, and what its history names."""


def list_accounts(call: Call) -> Reply:
    """A page of accounts."""
    query = call.query(AccountsQuery)
    with call.transaction() as connection:
        listed = connection.execute(_LIST, {**rows.after(query), "name": query.name}, prepare=False).fetchall()
    page = Page.cut(listed, query.limit, lambda row: (row["created_at"], row["id"]))
    return Reply.of(AccountsAnswer(accounts=tuple(map(_shown, page.rows)), next=page.next))


def create_account(call: Call) -> Reply:
    """Opens an account."""

    def effect(connection: Connection) -> Reply:
        new = call.body(NewAccount)
        statement = sql.SQL(
            "INSERT INTO account (customer_id, name, description) VALUES (%s, %s, %s) RETURNING {}"
        ).format(_COLUMNS)
        with rows.refused_by("account_name", problem=_taken(new.name)):
            row = connection.execute(statement, (call.customer.customer_id, new.name, new.description)).fetchone()
        row = found(row, "account")
        return _reply(row, 201, location=f"/accounts/{row['id']}")

    return call.once(effect)


def get_account(call: Call) -> Reply:
    """One account."""
    with call.transaction() as connection:
        statement = sql.SQL("SELECT {} FROM account WHERE id = %s").format(_COLUMNS)
        return _reply(found(connection.execute(statement, (call.id,)).fetchone(), "account"))


def change_account(call: Call) -> Reply:
    """Renames or describes an account."""

    def effect(connection: Connection) -> Reply:
        changes = call.body(AccountChange).changes
        _lock(call, connection)
        statement = sql.SQL("UPDATE account SET {} WHERE id = %(id)s RETURNING {}").format(
            rows.assignments(changes), _COLUMNS
        )
        with rows.refused_by("account_name", problem=_taken(changes.get("name"))):
            row = connection.execute(statement, {**changes, "id": call.id}).fetchone()
        return _reply(found(row, "account"))

    return call.once(effect)


def delete_account(call: Call) -> Reply:
    """Deletes an account that no licence knows."""

    def effect(connection: Connection) -> Reply:
        _lock(call, connection)
        held = connection.execute(
            "SELECT FROM license WHERE account_id = %s AND returned_at IS NULL LIMIT 1", (call.id,)
        )
        if held.rowcount:
            raise Conflict("licences are assigned to this account: move or revoke them first")
        known = Conflict("licences were assigned to this account, and their history names it: it can only be renamed")
        with rows.refused_by(*_KNOWN_TO_LICENSES, problem=known):
            connection.execute("DELETE FROM account WHERE id = %s", (call.id,))
        return Reply.empty()

    return call.once(effect)


def _lock(call: Call, connection: Connection) -> None:
    row = connection.execute("SELECT version FROM account WHERE id = %s FOR UPDATE", (call.id,)).fetchone()
    call.check_version(found(row, "account")["version"])


def _taken(name: object) -> Conflict:
    return Conflict(f"your company has an account {name!r} already")


def _shown(row: Mapping[str, Any]) -> AccountAnswer:
    return AccountAnswer(**{name: row[name] for name in AccountAnswer.model_fields})


def _reply(row: Mapping[str, Any], status: int = 200, *, location: str | None = None) -> Reply:
    return Reply.of(_shown(row), status, version=row["version"], location=location)


HANDLERS: Mapping[str, Handler] = {
    "listAccounts": list_accounts,
    "createAccount": create_account,
    "getAccount": get_account,
    "changeAccount": change_account,
    "deleteAccount": delete_account,
}
