"""What a customer of the demo has beside its administrator: a colleague, further accounts and further subscriptions."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import psycopg

from local.seed.demo import DemoCustomer, accounts, customers, stable_id, subscriptions


def account_ids(customer: DemoCustomer) -> tuple[UUID, ...]:
    """The customer's accounts, the main one first."""
    return (stable_id("account", customer.key), *(_id("account", customer, name) for name in accounts()))


def subscription_names(customer: DemoCustomer) -> dict[UUID, str]:
    """The customer's subscriptions with their names, the main one first."""
    main = {customer.subscription_id: f"{customer.company} (cloud workplace)"}
    return main | {_id("subscription", customer, name): name for name in subscriptions()}


def write_people(connection: psycopg.Connection[Any], subjects: Mapping[str, UUID]) -> None:
    """Writes what is missing; `subjects` are the users' ids at the identity provider, by e-mail."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(_COLLEAGUE, [_colleague(customer, subjects) for customer in customers()])
        cursor.executemany(
            "INSERT INTO account (id, customer_id, name) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [(_id("account", customer, name), customer.id, name) for customer in customers() for name in accounts()],
        )
        opened = [
            {"id": row_id, "customer": customer.id, "name": name}
            for customer in customers()
            for row_id, name in subscription_names(customer).items()
        ]
        cursor.executemany(
            "INSERT INTO subscription (id, name) VALUES (%(id)s, %(name)s) ON CONFLICT DO NOTHING", opened
        )
        cursor.executemany(_LINK, opened)


def _colleague(customer: DemoCustomer, subjects: Mapping[str, UUID]) -> dict[str, object]:
    colleague = customer.colleague
    known = {"id": _id("user", customer, "colleague"), "customer": customer.id, "subject": subjects[colleague.email]}
    return known | colleague.model_dump()


def _id(kind: str, customer: DemoCustomer, name: str) -> UUID:
    return stable_id(kind, f"{customer.key}:{name}")


_COLLEAGUE = """
    INSERT INTO app_user (id, customer_id, subject, email, first_name, last_name, role, state, welcomed_at, accepted_at,
        directory_due_at)
    VALUES (%(id)s, %(customer)s, %(subject)s, %(email)s, %(first)s, %(last)s, 'USER', 'ACTIVE', now(), now(), NULL)
    ON CONFLICT (id) DO UPDATE SET subject = excluded.subject
"""
_LINK = """
    INSERT INTO customer_subscription (customer_id, subscription_id, subscription_name)
    SELECT %(customer)s, id, name FROM subscription WHERE id = %(id)s ON CONFLICT DO NOTHING
"""
