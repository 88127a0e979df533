"""The support cases of the demo: some of every customer's, in every state that a case can have."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import psycopg
from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic.alias_generators import to_camel

from local.seed.demo import DemoCustomer, customers, stable_id

EACH = 2
"""Cases of one customer."""
_FILE = Path(__file__).with_name("cases.json")


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)


class Message(_Fact):
    """What somebody wrote, so many hours after the case was opened."""

    author: Literal["CUSTOMER", "SUPPORT"]
    hours: int
    body: str


class Case(_Fact):
    """A case as it went."""

    key: str
    days_ago: int
    status: str
    priority: str
    subject: str
    messages: tuple[Message, ...]


def write_cases(connection: psycopg.Connection[Any], agent: UUID, now: datetime) -> int:
    """Writes the cases that are missing; how many there are.

    Args:
        connection: to the database, which has the demo's customers and their past orders.
        agent: the support agent's user id at the identity provider.
        now: when the demo begins.
    """
    opened = [
        _values(customer, case, agent, now) for place, customer in enumerate(customers()) for case in _cases_of(place)
    ]
    with connection.transaction(), connection.cursor() as cursor:
        for values in opened:
            if cursor.execute(_CASE, values).rowcount:
                cursor.executemany(_MESSAGE, values["messages"])
                cursor.executemany(_EVENT, values["events"])
    return len(opened)


def _cases_of(place: int) -> tuple[Case, ...]:
    known = _cases()
    return tuple(known[(place + number) % len(known)] for number in range(EACH))


def _values(customer: DemoCustomer, case: Case, agent: UUID, now: datetime) -> dict[str, Any]:
    name, opened_at = f"{customer.key}:{case.key}", now - timedelta(days=case.days_ago)
    answered = any(message.author == "SUPPORT" for message in case.messages)
    case_id = stable_id("case", name)
    return {
        "id": case_id,
        "customer": customer.id,
        "user": customer.user_id,
        "subject": case.subject,
        "status": case.status,
        "priority": case.priority,
        "assignee": agent if answered else None,
        "at": opened_at,
        "messages": [
            {
                "id": stable_id("case-message", f"{name}:{place}"),
                "case": case_id,
                "author": message.author,
                "author_id": customer.user_id if message.author == "CUSTOMER" else agent,
                "body": message.body,
                "at": opened_at + timedelta(hours=message.hours),
            }
            for place, message in enumerate(case.messages)
        ],
        "events": list(_events(case_id, customer, case, agent, opened_at)),
    }


def _events(
    case_id: UUID, customer: DemoCustomer, case: Case, agent: UUID, opened_at: datetime
) -> Iterator[dict[str, Any]]:
    last = opened_at + timedelta(hours=case.messages[-1].hours, minutes=1)
    yield {
        "case": case_id, "field": "status", "value": "OPEN", "actor": f"customer {customer.user_id}", "at": opened_at,
    }  # fmt: skip
    if case.status != "OPEN":
        yield {"case": case_id, "field": "status", "value": case.status, "actor": f"support {agent}", "at": last}


@cache
def _cases() -> tuple[Case, ...]:
    return TypeAdapter(tuple[Case, ...]).validate_json(_FILE.read_bytes())


_CASE = """
    INSERT INTO support_case (id, customer_id, opened_by, subject, status, priority, assignee, order_id, created_at,
        updated_at)
    VALUES (%(id)s, %(customer)s, %(user)s, %(subject)s, %(status)s, %(priority)s, %(assignee)s,
        (SELECT id FROM sales_order WHERE customer_id = %(customer)s ORDER BY created_at DESC, id LIMIT 1),
        %(at)s, %(at)s)
    ON CONFLICT DO NOTHING
"""
_MESSAGE = """
    INSERT INTO case_message (id, case_id, author, author_id, body, created_at)
    VALUES (%(id)s, %(case)s, %(author)s, %(author_id)s, %(body)s, %(at)s)
"""
_EVENT = """
    INSERT INTO case_event (case_id, field, value, actor, at)
    VALUES (%(case)s, %(field)s, %(value)s, %(actor)s, %(at)s)
"""
