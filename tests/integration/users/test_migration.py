"""Revision 0012 with rows of before and after it: nobody is lost who could sign in, and names stay distinguishable."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from local.machine.postgres import Postgres
from services.database import schema
from tests.integration.conftest import World
from tests.support.postgres import settings_of


@pytest.fixture
def before(server: Postgres, world: World) -> Iterator[World]:
    """The demo's rows in the schema of before."""
    owner = settings_of(server, owner=True)
    schema.downgrade(owner, "0011")
    try:
        yield world
    finally:
        schema.upgrade(owner)


def test_people_of_before_get_their_customer_s_address_and_one_only(server: Postgres, before: World) -> None:
    liffey = before.customer("liffey")
    second = uuid4()
    before.admin.execute(
        "INSERT INTO app_user (customer_id, subject, active, created_at) VALUES (%s, %s, false, now() + '1 h')",
        (liffey.id, second),
    )
    schema.upgrade(settings_of(server, owner=True))
    rows = before.admin.execute(
        "SELECT subject, email, first_name, state, active, accepted_at IS NOT NULL, directory_due_at FROM app_user"
        " WHERE customer_id = %s ORDER BY created_at",
        (liffey.id,),
    ).fetchall()
    assert rows == [
        (before.subject("liffey"), liffey.email, "Aoife", "ACTIVE", True, True, None),
        (second, f"{second}@unknown.invalid", "unknown", "DEACTIVATED", False, True, None),
    ]


def test_links_of_before_know_their_subscription_s_name(server: Postgres, before: World) -> None:
    schema.upgrade(settings_of(server, owner=True))
    assert before.value(
        "SELECT count(*) FROM customer_subscription l JOIN subscription s ON (s.id, s.name, s.created_at)"
        " = (l.subscription_id, l.subscription_name, l.created_at)"
    ) == len(before.customers)


def test_the_way_back_keeps_who_could_sign_in_and_makes_names_unique_again(server: Postgres, world: World) -> None:
    owner = settings_of(server, owner=True)
    liffey, mueller = world.customer("liffey").id, world.customer("mueller").id
    for customer in (liffey, mueller):
        world.admin.execute("INSERT INTO account (customer_id, name) VALUES (%s, 'Office')", (customer,))
        world.admin.execute(
            """
            WITH made AS (INSERT INTO subscription (name) VALUES ('Fleet') RETURNING id, name)
            INSERT INTO customer_subscription (customer_id, subscription_id, subscription_name)
            SELECT %s, id, name FROM made
            """,
            (customer,),
        )
    world.admin.execute(
        "INSERT INTO app_user (customer_id, email, first_name, last_name) VALUES (%s, 'new@liffey.example', 'N', 'N')",
        (liffey,),
    )
    world.admin.execute("UPDATE app_user SET state = 'DEACTIVATED' WHERE customer_id = %s", (mueller,))
    schema.downgrade(owner, "0011")
    try:
        assert world.value("SELECT count(*) FROM app_user") == len(world.customers)
        assert world.value("SELECT active FROM app_user WHERE customer_id = %s", mueller) is False
        assert world.value("SELECT active FROM app_user WHERE customer_id = %s", liffey) is True
        for table in ("account", "subscription"):
            assert world.value(f"SELECT count(DISTINCT name) = count(*) FROM {table}") is True
    finally:
        schema.upgrade(owner)
    assert world.value("SELECT state FROM app_user WHERE customer_id = %s", mueller) == "DEACTIVATED"
