"""The statements that `history` writes with: orders and what hangs on them, as if they had gone all the way."""

SUBSCRIPTION_ITEM = """
    INSERT INTO subscription_item (id, subscription_id, sales_product_id, product_name, quantity, created_at)
    VALUES (%(id)s, %(subscription)s, %(product)s, %(product_name)s, %(quantity)s, %(at)s)
    ON CONFLICT (subscription_id, sales_product_id) DO UPDATE
        SET quantity = subscription_item.quantity + excluded.quantity
"""
ORDER = """
    INSERT INTO sales_order (id, customer_id, subscription_id, sales_product_id, subscription_item_id, product_name,
        amount, sales_price, currency, purchase_price, purchase_currency, state, ccp_transaction_id, ccp_check_at,
        leased_until, created_at, updated_at)
    SELECT %(id)s, %(customer)s, %(subscription)s, %(product)s, i.id, %(product_name)s, %(amount)s, %(sales_price)s,
        %(currency)s, %(purchase_price)s, %(purchase_currency)s, 'EMAILED', %(transaction)s, 'infinity', %(at)s, %(at)s,
        %(at)s
    FROM subscription_item i WHERE (i.subscription_id, i.sales_product_id) = (%(subscription)s, %(product)s)
"""
EVENT = """
    INSERT INTO order_event (order_id, stage, at, detail, actor)
    VALUES (%(order)s, %(stage)s, %(at)s, %(detail)s, 'demonstration data')
"""
LICENCE = """
    INSERT INTO license (id, subscription_item_id, customer_id, order_id, key, created_at)
    SELECT %(id)s, subscription_item_id, %(customer)s, id, %(key)s, %(at)s FROM sales_order WHERE id = %(order)s
"""
LICENCES = (
    """
    INSERT INTO license_valid_to_date (license_id, valid_to_date, created_at)
    SELECT * FROM unnest(%(id)s::uuid[], %(ends)s::date[], %(at)s::timestamptz[])
    """,
    """
    INSERT INTO license_account (license_id, account_id, created_at)
    SELECT * FROM unnest(%(id)s::uuid[], %(account)s::uuid[], %(assigned_at)s::timestamptz[]) AS r (id, account, at)
    WHERE account IS NOT NULL
    """,
)
"""All at once: the triggers that keep the present of each licence run once a statement."""
SERIES = "INSERT INTO invoice_series (series, legal_entity_id, last_number) VALUES (%(series)s, %(seller)s, %(last)s)"
INVOICE = (
    """
    INSERT INTO invoice (id, order_id, customer_id, revision, series, number, invoice_number, generated_at, issued_on,
        due_on, subscription_item_id, net, amount, currency, created_at)
    SELECT %(id)s, id, customer_id, 1, %(series)s, %(place)s, %(number)s, %(issued_at)s, %(issued_on)s, %(due_on)s,
        subscription_item_id, %(net)s, %(gross)s, currency, %(issued_at)s
    FROM sales_order WHERE id = %(order)s
    """,
    """
    INSERT INTO invoice_line (id, invoice_id, sales_product_id, quantity, purchased_price, sales_price, net, vat,
        vat_category, description, created_at)
    VALUES (%(line)s, %(id)s, %(product)s, %(amount)s, %(purchase_price)s, %(sales_price)s, %(net)s, %(rate)s,
        %(category)s, %(product_name)s, %(issued_at)s)
    """,
)
OUTBOX = """
    INSERT INTO outbox (path, queue, order_id, customer_id, body, sha256, length, due_at, consumed_at, created_at)
    VALUES (%(path)s, %(queue)s, %(order)s, %(customer)s, %(body)s, %(sha256)s, %(length)s, %(at)s, %(at)s, %(at)s)
"""
INBOX = """
    INSERT INTO inbox (consumer, path, lease_token, lease_until, claimed_at, finished_at, outcome, created_at)
    VALUES (%(queue)s, %(path)s, gen_random_uuid(), %(at)s, %(at)s, %(at)s, 'done', %(at)s)
"""
