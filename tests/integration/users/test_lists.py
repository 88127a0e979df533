"""A page of a list reads about as many rows as it shows, also after many requests and from the middle of the list."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from services.common.api import Cursor
from tests.integration.conftest import World
from tests.integration.users.conftest import Office, staff

MANY = 5_000
OFTEN = 8
"""From the fifth time on, a prepared statement may get one plan for all values."""

_MANY = """
    CREATE TEMPORARY TABLE made AS
        SELECT gen_random_uuid() AS id, n, timestamptz '2026-01-01Z' + n * interval '1 minute' AS at,
            %(customer)s AS customer
        FROM generate_series(1, %(many)s) AS n;
    INSERT INTO account (id, customer_id, name, created_at) SELECT id, customer, 'account ' || n, at FROM made;
    INSERT INTO subscription (id, name, created_at) SELECT id, 'subscription ' || n, at FROM made;
    INSERT INTO customer_subscription (customer_id, subscription_id, subscription_name, created_at)
        SELECT customer, id, 'subscription ' || n, at FROM made;
    INSERT INTO app_user (id, customer_id, email, first_name, last_name, created_at, directory_due_at)
        SELECT id, customer, n || '@many.example', 'N', 'N', at, NULL FROM made;
    INSERT INTO customer (id, legal_entity_id, customer_number, company_name, first_name, last_name, email,
            address_lines, country, created_at)
        SELECT made.id, e.id, 'N-' || n, 'Company ' || n, 'N', 'N', 'n@many.example', '{here}', 'IE', at
        FROM made, legal_entity e WHERE e.invoice_series = 'EU';
    DROP TABLE made;
    ANALYZE account, subscription, customer_subscription, app_user, customer;
"""
_READ = """
    SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) FROM pg_stat_user_tables
    WHERE relname IN ('account', 'subscription', 'customer_subscription', 'app_user', 'customer')
"""


def read(world: World) -> int:
    """Rows of the tables that were read until now; a session reports them when it is asked to, or idles."""
    with world.database.transaction() as connection:
        connection.execute("SELECT pg_stat_force_next_flush()")
    world.admin.execute("SELECT pg_stat_clear_snapshot()")
    return int(str(world.value(_READ)))


@pytest.fixture
def one(office: Office) -> Callable[[Callable[[], object]], int]:
    """How many rows a request reads when it has been made often; one connection alone serves all of them."""
    for key in ("liffey", "mueller"):
        text = _MANY.replace("%(customer)s", f"'{office.world.customer(key).id}'::uuid").replace("%(many)s", str(MANY))
        if key == "mueller":
            text = text.replace("@many", "@more").replace("'N-'", "'M-'")
        office.world.admin.execute(text.encode())

    def measured(ask: Callable[[], object]) -> int:
        for _ in range(OFTEN):
            ask()
        before = read(office.world)
        ask()
        return read(office.world) - before

    return measured


@pytest.mark.parametrize("path", ["/accounts", "/people", "/subscriptions", "/customers"])
def test_a_page_reads_what_it_shows(office: Office, one: Callable[[Callable[[], object]], int], path: str) -> None:
    middle = Cursor(at=datetime(2026, 1, 2, tzinfo=UTC), id=office.world.customer("liffey").id).encode()
    who = staff() if path == "/customers" else None

    def ask() -> None:
        [shown] = [value for value in office.get(path, who=who, cursor=middle).values() if isinstance(value, list)]
        assert len(shown) == 50

    assert 50 <= one(ask) < 500


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/accounts", {"name": "account 4000"}),
        ("/subscriptions", {"name": "subscription 4000"}),
        ("/customers", {"customerNumber": "N-4000"}),
        ("/customers", {"companyName": "company 400"}),
    ],
)
def test_what_is_looked_for_by_name_is_found_by_an_index(
    office: Office, one: Callable[[Callable[[], object]], int], path: str, query: dict[str, str]
) -> None:
    def ask() -> None:
        [shown] = [
            value
            for value in office.get(path, who=staff() if path == "/customers" else None, **query).values()
            if isinstance(value, list)
        ]
        assert shown

    assert one(ask) < 500


def test_the_follower_finds_who_is_due_among_many(office: Office, one: Callable[[Callable[[], object]], int]) -> None:
    assert one(office.follower.follow) < 10
