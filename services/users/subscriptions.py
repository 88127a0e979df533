"""The subscriptions of a company. A subscription may be shared: each company has it by a link."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from psycopg import sql

from services.common.api import Call, Handler, Page, Reply
from services.common.api.call import found
from services.common.database import Connection
from services.common.errors import Conflict
from services.users import rows
from services.users.operations.subscriptions import (
    NewSubscription,
    SubscriptionAnswer,
    SubscriptionChange,
    SubscriptionsAnswer,
    SubscriptionsQuery,
)

_COLUMNS = sql.SQL("s.id, s.name, s.description, s.created_at, s.updated_at, s.version")
_LIST = sql.SQL("""
    SELECT l.created_at AS linked_at, {columns}
    FROM customer_subscription l JOIN subscription s ON s.id = l.subscription_id
    WHERE (l.created_at, l.subscription_id) > {start} AND (%(name)s::text IS NULL OR l.subscription_name = %(name)s)
    ORDER BY l.created_at, l.subscription_id LIMIT %(limit)s
""").format(columns=_COLUMNS, start=rows.START)


def list_subscriptions(call: Call) -> Reply:
    """A page of subscriptions."""
    query = call.query(SubscriptionsQuery)
    with call.transaction() as connection:
        listed = connection.execute(_LIST, {**rows.after(query), "name": query.name}, prepare=False).fetchall()
    page = Page.cut(listed, query.limit, lambda row: (row["linked_at"], row["id"]))
    return Reply.of(SubscriptionsAnswer(subscriptions=tuple(map(_shown, page.rows)), next=page.next))


def create_subscription(call: Call) -> Reply:
    """Opens a subscription, and links the company to it."""

    def effect(connection: Connection) -> Reply:
        new = call.body(NewSubscription)
        with _taken(new.name):
            made = connection.execute("SELECT new_subscription(%s, %s) AS id", (new.name, new.description)).fetchone()
        row = _find(connection, found(made, "subscription")["id"])
        return _reply(row, 201, location=f"/subscriptions/{row['id']}")

    return call.once(effect)


def get_subscription(call: Call) -> Reply:
    """One subscription."""
    with call.transaction() as connection:
        return _reply(_find(connection, call.id))


def change_subscription(call: Call) -> Reply:
    """Renames or describes a subscription."""

    def effect(connection: Connection) -> Reply:
        changes = call.body(SubscriptionChange).changes
        seen = connection.execute("SELECT version FROM subscription WHERE id = %s FOR UPDATE", (call.id,)).fetchone()
        call.check_version(found(seen, "subscription")["version"])
        statement = sql.SQL("UPDATE subscription AS s SET {} WHERE id = %(id)s RETURNING {}").format(
            rows.assignments(changes), _COLUMNS
        )
        with _taken(changes.get("name")):
            row = connection.execute(statement, {**changes, "id": call.id}).fetchone()
        return _reply(found(row, "subscription"))

    return call.once(effect)


def _find(connection: Connection, subscription_id: UUID) -> dict[str, Any]:
    statement = sql.SQL("SELECT {} FROM subscription s WHERE s.id = %s").format(_COLUMNS)
    return found(connection.execute(statement, (subscription_id,)).fetchone(), "subscription")


def _taken(name: object) -> Any:
    # Of the companies that share a subscription, the one with such a name may be another one.
    return rows.refused_by("customer_subscription_name", problem=Conflict(f"there is a subscription {name!r} already"))


def _shown(row: Mapping[str, Any]) -> SubscriptionAnswer:
    return SubscriptionAnswer(**{name: row[name] for name in SubscriptionAnswer.model_fields})


def _reply(row: Mapping[str, Any], status: int = 200, *, location: str | None = None) -> Reply:
    return Reply.of(_shown(row), status, version=row["version"], location=location)


HANDLERS: Mapping[str, Handler] = {
    "listSubscriptions": list_subscriptions,
    "createSubscription": create_subscription,
    "getSubscription": get_subscription,
    "changeSubscription": change_subscription,
}
