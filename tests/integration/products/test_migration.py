"""Revision 0014 over a catalogue and orders that an earlier release has left: forth, back and forth again."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from local.machine.postgres import OWNER, Postgres
from services.common.settings import DatabaseSettings
from services.database import schema
from tests.support import postgres

ENTITY = """
INSERT INTO legal_entity (name, address_lines, country, vat_id, registration, email, bank_name, iban, bic, currency,
    invoice_series, payment_days)
VALUES ('Ours', '{here}', 'IE', 'IE1', 'x', 'x@x.example', 'x', 'x', 'x', 'EUR', 'EU', 30);
INSERT INTO customer (legal_entity_id, customer_number, company_name, first_name, last_name, email, address_lines,
    country)
SELECT id, 'C-1', 'Theirs', 'A', 'B', 'a@b.example', '{there}', 'IE' FROM legal_entity;
INSERT INTO subscription (name) VALUES ('s');
"""
CATALOGUE = """
INSERT INTO sales_product (name, ccp_product_id, purchase_price, sales_price, currency, updated_at)
VALUES ('Nimbus Office', gen_random_uuid(), 10, 11.80, 'EUR', '2026-01-01T00:00:00Z');
"""
ORDER = """
INSERT INTO sales_order (id, customer_id, subscription_id, sales_product_id, product_name, amount, sales_price,
    purchase_price, currency, state, leased_until)
SELECT gen_random_uuid(), c.id, s.id, p.id, p.name, 1, 11.80, 10, 'EUR', 'CONFIRMED', now()
FROM customer c, subscription s, sales_product p;
"""
"""As the release before writes it."""
CANCELLED = "UPDATE sales_order SET state = 'CANCELLED', reason = NULL, cancel_asked_at = now(), cancelled_at = now()"


@pytest.fixture(scope="module")
def old() -> Iterator[tuple[Postgres, DatabaseSettings]]:
    with postgres.running() as server:
        settings = postgres.settings_of(server, owner=True)
        schema.upgrade(settings, "0013")
        yield server, settings


def rows(connection: psycopg.Connection[Any], query: str) -> list[tuple[Any, ...]]:
    return connection.execute(query.encode()).fetchall()


def test_what_was_for_sale_stays_so_at_its_price_and_comes_back_as_it_was(
    old: tuple[Postgres, DatabaseSettings],
) -> None:
    server, settings = old
    with server.connect(OWNER) as owner:
        owner.execute((ENTITY + CATALOGUE + ORDER).encode())
    for _ in range(2):
        schema.upgrade(settings, "0014")
        with server.connect(OWNER) as owner:
            assert rows(owner, "SELECT currency, sales_price FROM product_price") == [("EUR", Decimal("11.8000"))]
            changes = rows(owner, "SELECT kind, price, p.updated_at = valid_from FROM price_change, sales_product p")
            assert sorted(changes) == [("PURCHASE", Decimal(10), True), ("SALES", Decimal("11.8"), True)]
            assert rows(owner, "SELECT name FROM sales_product WHERE search @@ to_tsquery('simple', 'nim:*')")
            owner.execute(ORDER.encode())
            written = "SELECT purchase_currency, purchase_price FROM sales_order ORDER BY created_at DESC LIMIT 1"
            assert rows(owner, written) == [("EUR", Decimal(10))]
            owner.execute(CANCELLED.encode())
        schema.downgrade(settings, "0013")
        with server.connect(OWNER) as owner:
            found = rows(owner, "SELECT DISTINCT state, reason FROM sales_order")
            assert found == [("REJECTED", "cancelled by the customer")]
            assert rows(owner, "SELECT sales_price, currency FROM sales_product") == [(Decimal("11.8"), "EUR")]
