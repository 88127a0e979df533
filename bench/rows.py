"""A database as after years of business: every big table gets so many rows, and no two customers are alike.

The first customer has a tenth of everything, a hundred others share four tenths, and all the rest share the other half.
Ids follow from names, so that rows refer to each other without a join.
"""

import hashlib
from typing import Any
from uuid import UUID

import psycopg

BIG = (
    "account", "app_user", "case_message", "customer", "invoice", "license", "license_account",
    "license_valid_to_date", "price_change", "sales_order", "sales_product", "subscription_item", "support_case",
)  # fmt: skip
"""The tables that grow with the business; a tenth of the rows for customers, people, accounts and the like."""
PRODUCTS = 5_000
ITEMS = 10
"""Products that a subscription has items of."""
SUBSCRIPTIONS = 50
"""Of each customer at the most."""
LONG = 1_000
"""Changes of the product, the licence and the case that have the longest histories, at the most; a fiftieth of all."""

_FUNCTIONS = """
CREATE FUNCTION pg_temp.named(kind text, place bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    RETURN md5(kind || ' ' || place)::uuid;
CREATE TEMPORARY TABLE pick AS
SELECT i, k, j, p, now() - i * interval '30 seconds' AS at,
    pg_temp.named('customer', k) AS customer, pg_temp.named('subscription', k * {subscriptions} + j) AS subscription,
    pg_temp.named('item', (k * {subscriptions} + j) * {items} + p) AS item
FROM (
    SELECT i, k, (i / 7) % CASE WHEN k = 1 THEN {subscriptions} ELSE 5 END AS j, (i / 11) % {items} AS p FROM (
        SELECT i, CASE
            WHEN i % 10 = 0 THEN 1 WHEN i % 10 < 5 THEN 2 + (i / 10) % 100 ELSE 102 + (i * 7919) % ({customers} - 101)
        END AS k
        FROM generate_series(1::bigint, {rows}) AS i
    ) AS whose
) AS spread;
"""
_ROWS = (
    """
    INSERT INTO legal_entity (id, name, address_lines, country, vat_id, registration, email, bank_name, iban, bic,
        currency, invoice_series, payment_days)
    VALUES (pg_temp.named('entity', 1), 'Bench Ltd', ARRAY['x'], 'IE', 'IE1', 'x', 'b@bench.example', 'x', 'IE1', 'x',
        'EUR', 'BX', 30)
    """,
    "INSERT INTO invoice_series (series, legal_entity_id) VALUES ('BX', pg_temp.named('entity', 1))",
    """
    INSERT INTO data_key (id, kind, wrapped, kms_key_id) VALUES (pg_temp.named('key', 1), 'SEAL', 'x', 'x')
    """,
    """
    INSERT INTO customer (id, legal_entity_id, customer_number, company_name, first_name, last_name, email,
        address_lines, country, created_at, active)
    SELECT pg_temp.named('customer', k), pg_temp.named('entity', 1), 'B-' || k, 'Company ' || k, 'First', 'Last',
        'c' || k || '@bench.example', ARRAY['x'], 'IE', now() - k * interval '1 minute', k % 500 <> 0
    FROM generate_series(1::bigint, {customers}) AS k
    """,
    """
    INSERT INTO app_user (id, customer_id, subject, email, first_name, last_name, role, state, accepted_at, created_at)
    SELECT pg_temp.named('user', n), pg_temp.named('customer', k), pg_temp.named('subject', n),
        'u' || n || '@bench.example', 'First', 'Last', CASE WHEN n = k THEN 'ADMIN' ELSE 'USER' END,
        CASE WHEN n % 400 = 7 THEN 'DEACTIVATED' ELSE 'ACTIVE' END, now(), now() - n * interval '1 minute'
    FROM (
        SELECT n, CASE WHEN n <= {customers} THEN n WHEN n % 2 = 0 THEN 1 ELSE 2 + n % 100 END AS k
        FROM generate_series(1::bigint, 2 * {customers}) AS n
    ) AS whose
    """,
    """
    INSERT INTO account (id, customer_id, name, created_at)
    SELECT pg_temp.named('account', n),
        pg_temp.named('customer', CASE WHEN n % 2 = 0 THEN 1 ELSE n % {customers} + 1 END), 'Account ' || n,
        now() - n * interval '1 minute'
    FROM generate_series(1::bigint, {tenth}) AS n
    """,
    """
    INSERT INTO sales_product (id, name, description, ccp_product_id, purchase_price, sales_price, currency, vendor,
        unit)
    SELECT pg_temp.named('product', p), 'Product ' || p, 'word' || p % 50 || ' rare' || p, pg_temp.named('ccp', p), 10,
        12, 'EUR', 'Vendor ' || p % 20, 'piece'
    FROM generate_series(0::bigint, {products} - 1) AS p
    """,
    """
    INSERT INTO product_price (product_id, currency, sales_price)
    SELECT pg_temp.named('product', p), 'EUR', 12 FROM generate_series(0::bigint, {products} - 1) AS p
    """,
    """
    INSERT INTO price_change (product_id, kind, currency, price, valid_from)
    SELECT pg_temp.named('product', CASE WHEN i <= {long} THEN 0 ELSE i % {products} END),
        CASE WHEN i % 2 = 0 THEN 'SALES' ELSE 'PURCHASE' END, CASE WHEN i % 3 = 0 THEN 'USD' ELSE 'EUR' END, 12, at
    FROM pick
    """,
    """
    INSERT INTO subscription (id, name, created_at)
    SELECT subscription, 'Subscription ' || k || '/' || j, max(at) FROM pick GROUP BY subscription, k, j
    """,
    """
    INSERT INTO customer_subscription (customer_id, subscription_id, subscription_name, created_at)
    SELECT customer, subscription, 'Subscription ' || k || '/' || j, max(at)
    FROM pick GROUP BY customer, subscription, k, j
    """,
    """
    INSERT INTO subscription_item (id, subscription_id, sales_product_id, product_name, quantity, created_at)
    SELECT item, subscription, pg_temp.named('product', p), 'Product ' || p, 1, max(at)
    FROM pick GROUP BY item, subscription, p
    """,
    """
    INSERT INTO sales_order (id, customer_id, subscription_id, sales_product_id, subscription_item_id, product_name,
        amount, sales_price, purchase_price, purchase_currency, currency, state, reason, leased_until, created_at)
    SELECT pg_temp.named('order', i), customer, subscription, pg_temp.named('product', p), item, 'Product ' || p, 1, 12,
        10, 'EUR', 'EUR', state, CASE WHEN state = 'EMAILED' THEN NULL ELSE 'x' END, at, at
    FROM (
        SELECT *, CASE (i / 10) % 1000 WHEN 1 THEN 'PARKED' WHEN 2 THEN 'REJECTED' ELSE 'EMAILED' END AS state FROM pick
    ) AS stated
    """,
    """
    INSERT INTO license (id, subscription_item_id, customer_id, order_id, sealed_key, data_key_id, account_id,
        valid_to_date, returned_at, created_at)
    SELECT pg_temp.named('license', i), item, customer, pg_temp.named('order', i), 'x', pg_temp.named('key', 1),
        CASE WHEN i % 3 > 0 THEN account END, (at + interval '1 year')::date, CASE WHEN i % 97 = 0 THEN now() END, at
    FROM (
        SELECT pick.*, pg_temp.named('account', CASE
            WHEN k = 1 THEN 2 * (1 + i % ({tenth} / 2 - 1)) WHEN k % 2 = 0 THEN k - 1
        END) AS account
        FROM pick
    ) AS given
    """,
    """
    INSERT INTO license_account (license_id, account_id, created_at)
    SELECT pg_temp.named('license', CASE WHEN i % 10 = 0 AND i <= {long} THEN 10 ELSE i END),
        (SELECT account_id FROM license WHERE id = pg_temp.named('license', i)), at
    FROM pick
    """,
    """
    INSERT INTO license_valid_to_date (license_id, valid_to_date, created_at)
    SELECT pg_temp.named('license', CASE WHEN i % 10 = 0 AND i <= {long} THEN 10 ELSE i END), at::date, at FROM pick
    """,
    """
    INSERT INTO invoice (id, kind, order_id, customer_id, revision, series, number, invoice_number, generated_at,
        subscription_item_id, amount, currency, net, issued_on, corrects_id, request_id)
    SELECT pg_temp.named('invoice', i), CASE WHEN noted THEN 'CREDIT_NOTE' ELSE 'INVOICE' END,
        pg_temp.named('order', i), customer, 1, 'BX', i, 'BX-' || i, at, item, 12.30, 'EUR', 10, at::date,
        CASE WHEN noted THEN pg_temp.named('invoice', i - 1000) END, CASE WHEN noted THEN gen_random_uuid() END
    FROM (SELECT *, i > 1000 AND (i / 10) % 200 = 0 AS noted FROM pick) AS kinds
    """,
    """
    INSERT INTO support_case (id, customer_id, opened_by, subject, status, priority, assignee, created_at)
    SELECT pg_temp.named('case', i), customer, pg_temp.named('user', k),
        'licence ' || CASE WHEN i % 3 = 0 THEN 'refused ' ELSE '' END || 'word' || i % 5000,
        CASE (i / 10) % 500 WHEN 1 THEN 'OPEN' WHEN 2 THEN 'WAITING_FOR_SUPPORT' ELSE 'CLOSED' END, 'NORMAL',
        CASE WHEN (i / 10) % 500 = 1 THEN NULL ELSE pg_temp.named('agent', i % 200) END, at
    FROM pick
    """,
    """
    INSERT INTO case_message (id, case_id, author, author_id, body, created_at)
    SELECT pg_temp.named('message', i), pg_temp.named('case', CASE WHEN i % 10 = 0 AND i <= {long} THEN 10 ELSE i END),
        'CUSTOMER', pg_temp.named('user', k), 'Please help.', at
    FROM pick
    """,
    "DROP TABLE pick",
)


_INDEXES = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
    WHERE i.indrelid::regclass::text = ANY (%s) AND NOT EXISTS (
        SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid
    )
"""
"""Those that no constraint stands on."""


def fill(superuser: psycopg.Connection[Any], rows: int) -> None:
    """Fills an empty database: rows pass by triggers and foreign keys, and indexes are built after them."""
    values = {
        "rows": rows,
        "tenth": rows // 10,
        "customers": max(200, rows // 10),
        "products": PRODUCTS,
        "items": ITEMS,
        "subscriptions": SUBSCRIPTIONS,
        "long": 10 * min(LONG, rows // 50),
    }
    superuser.execute("SET session_replication_role = replica")
    indexes = superuser.execute(_INDEXES, (list(BIG),)).fetchall()
    for name, _ in indexes:
        superuser.execute(f"DROP INDEX {name}".encode())
    for statement in (_FUNCTIONS, *_ROWS):
        superuser.execute(statement.format(**values).encode())
    for _, definition in indexes:
        superuser.execute(definition.encode())
    superuser.execute("SET session_replication_role = DEFAULT")
    superuser.execute("VACUUM ANALYZE")


def named(kind: str, place: int) -> UUID:
    """The id of a row, as the rows refer to it."""
    return UUID(hashlib.md5(f"{kind} {place}".encode(), usedforsecurity=False).hexdigest())
