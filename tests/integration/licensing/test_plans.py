"""Every list of licences finds its page by an index among very many licences, under the tenant's own role."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from services.common.api import Cursor
from services.common.api.models import now
from services.common.database import Connection
from services.licensing import expiry, items, listing, reserving
from services.licensing.models import Holding, LicensesQuery
from tests.support.office import Office

MANY = 20_000
LIMIT = 20


@pytest.fixture
def crowd(office: Office) -> Office:
    """One item of a customer with very many licences, few of which are unassigned, returned or soon to end."""
    office.bought(1)
    office.world.admin.execute(
        """
        INSERT INTO license (id, customer_id, subscription_item_id, order_id, key, account_id, valid_to_date,
            returned_at, created_at)
        SELECT gen_random_uuid(), l.customer_id, l.subscription_item_id, l.order_id, 'key-' || n,
            CASE WHEN n %% 1000 = 0 THEN NULL ELSE %(account)s::uuid END, l.valid_to_date + n / 50,
            CASE WHEN n %% 997 = 0 THEN now() END, now() - n * interval '1 minute'
        FROM license l, generate_series(1, %(many)s) AS n
        """,
        {"many": MANY, "account": office.account()},
    )
    office.world.admin.execute("ANALYZE license, subscription_item, licence_change, sales_order")
    return office


def read(office: Office, ask: Callable[[Connection], object], *, tenant: bool = True) -> int:
    """How many rows of the licences a question reads, by whole scans and by indexes."""
    database, customer = office.world.database, office.world.customer("liffey").id
    tuples = """
        SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) AS tuples FROM pg_stat_xact_user_tables
        WHERE relname = 'license'
    """
    with database.tenant(customer) if tenant else database.transaction() as connection:
        before = connection.execute(tuples).fetchone()
        ask(connection)
        after = connection.execute(tuples).fetchone()
    assert before is not None
    assert after is not None
    return int(after["tuples"] - before["tuples"])


def queries(office: Office) -> dict[str, LicensesQuery]:
    subscription = office.world.customer("liffey").subscription_id
    item = UUID(office.item().id)
    soon = (now() + timedelta(days=370)).date()
    given: dict[str, dict[str, object]] = {
        "all": {},
        "of an account": {"account_id": office.account()},
        "of an item": {"item_id": item},
        "of a subscription": {"subscription_id": subscription},
        "unassigned, of a subscription": {"subscription_id": subscription, "state": Holding.UNASSIGNED},
        "of an account, of a subscription": {"subscription_id": subscription, "account_id": office.account()},
        "unassigned": {"state": Holding.UNASSIGNED},
        "returned": {"state": Holding.RETURNED},
        "ending soon": {"expiring_before": soon},
        "ending soon, of a subscription": {"expiring_before": soon, "subscription_id": subscription},
    }
    return {name: LicensesQuery.model_construct(limit=LIMIT, **fields) for name, fields in given.items()}  # type: ignore[arg-type]


def test_no_list_reads_much_more_than_its_page(crowd: Office) -> None:
    customer = crowd.world.customer("liffey").id
    after = Cursor(at=now() - timedelta(days=7), id=UUID(int=0))
    counts = {}
    for name, query in queries(crowd).items():
        for cursor in (None, None if "ending" in name else after):
            ask = partial(listing.page, customer=customer, query=query, after=cursor)
            counts[name, cursor is None] = read(crowd, ask)
    assert max(counts.values()) < 10 * LIMIT, counts


def test_the_end_of_an_item_is_found_by_an_index(crowd: Office) -> None:
    item = UUID(crowd.item().id)
    assert read(crowd, lambda connection: reserving.end_of(connection, item)) < 10
    assert read(crowd, lambda connection: connection.execute(items._ITEM.encode()).fetchall()) < 10


def test_customers_with_licences_that_end_soon_are_found_by_an_index(crowd: Office) -> None:
    day = crowd.world.value("SELECT min(valid_to_date) - 30 FROM license")

    def ask(connection: Connection) -> None:
        [each, *_] = expiry.rounds(day)  # type: ignore[arg-type]
        connection.execute(expiry._CUSTOMERS, each.values()).fetchall()

    assert read(crowd, ask, tenant=False) < MANY / 20
