"""I7 as questions to the database: what each answers belongs to somebody else than it should."""

TENANTS = {
    "is for a subscription of somebody else": """
        SELECT o.id AS what FROM sales_order o WHERE NOT EXISTS (SELECT FROM customer_subscription s
        WHERE s.customer_id = o.customer_id AND s.subscription_id = o.subscription_id)""",
    "is under the key of somebody else": """
        SELECT o.id AS what FROM sales_order o JOIN idempotency_key k ON k.order_id = o.id
        WHERE k.customer_id <> o.customer_id""",
    "lies under the path of somebody else": """
        SELECT b.path AS what FROM outbox b JOIN sales_order o ON o.id = b.order_id
        WHERE b.customer_id <> o.customer_id OR NOT starts_with(b.path, o.customer_id::text || '/' || o.id::text)""",
    "adds to an item of another subscription": """
        SELECT o.id AS what FROM sales_order o JOIN subscription_item i ON i.id = o.subscription_item_id
        WHERE i.subscription_id <> o.subscription_id""",
    "is in the series of another seller": """
        SELECT i.invoice_number AS what FROM invoice i JOIN sales_order o ON o.id = i.order_id
        JOIN customer c ON c.id = o.customer_id JOIN invoice_series s ON s.series = i.series
        WHERE s.legal_entity_id <> c.legal_entity_id""",
}
