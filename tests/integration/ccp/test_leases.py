"""Who holds an order while it is asked about: for how long, and that nobody gives back what is another's."""

from uuid import UUID

import pytest

from services.order import leases
from tests.support.market import Market, only_order


def reserved(market: Market, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """An order whose first attempt ended without a word."""

    def broken(*_: object) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr(market.settlement, "settle", broken)
    assert market.order("k1").status_code == 500
    return UUID(only_order(market))


def test_an_attempt_that_ends_without_a_word_keeps_the_others_away_for_longer_each_time(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = reserved(market, monkeypatch)
    seconds = []
    for _ in range(6):
        market.world.admin.execute("UPDATE sales_order SET leased_until = now() - interval '1 s'")
        with market.world.database.transaction() as connection:
            assert leases.lease(connection, order) is not None
            row = connection.execute("SELECT extract(epoch FROM leased_until - now())::int AS left FROM sales_order")
            seconds.append(row.fetchall()[0]["left"])
    assert seconds == [26, 26, 120, 600, 3600, 3600]


def test_who_was_too_slow_gives_no_lease_back_that_is_somebody_elses(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = reserved(market, monkeypatch)
    market.world.admin.execute("UPDATE sales_order SET leased_until = now() - interval '1 s'")
    with market.world.database.transaction() as connection:
        slow = leases.lease(connection, order)
    market.world.admin.execute("UPDATE sales_order SET leased_until = now() - interval '1 s'")
    with market.world.database.transaction() as connection:
        faster = leases.lease(connection, order)
        assert slow is not None
        assert faster is not None
        leases.put_off(connection, slow, 0.0, attempted=True)
        assert leases.lease(connection, order) is None
        leases.put_off(connection, faster, 0.0, attempted=True)
    assert market.world.value("SELECT leased_until <= now() FROM sales_order") is True
