"""Orders with their reservation and history, idempotency keys, and gapless invoices."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UPGRADE = """
CREATE TABLE sales_order (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customer,
    subscription_id uuid NOT NULL REFERENCES subscription,
    sales_product_id uuid NOT NULL REFERENCES sales_product,
    subscription_item_id uuid REFERENCES subscription_item,
    product_name text NOT NULL,
    amount integer NOT NULL CHECK (amount > 0),
    sales_price numeric(14, 4) NOT NULL,
    purchase_price numeric(14, 4) NOT NULL,
    currency char(3) NOT NULL,
    state text NOT NULL CHECK (state IN
        ('RESERVED', 'CONFIRMED', 'INVOICED', 'DOCUMENTED', 'EMAILED', 'REJECTED', 'PARKED')),
    reason text,
    ccp_transaction_id uuid UNIQUE,
    leased_until timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((state IN ('REJECTED', 'PARKED')) = (reason IS NOT NULL))
);
COMMENT ON COLUMN sales_order.leased_until IS 'until then one process alone may ask the CCP about this order';
CREATE INDEX ON sales_order (customer_id, created_at);
CREATE INDEX sales_order_unsettled ON sales_order (leased_until) WHERE state = 'RESERVED';

CREATE TABLE order_event (
    order_id uuid NOT NULL REFERENCES sales_order,
    stage text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    detail text,
    PRIMARY KEY (order_id, at, stage)
);

CREATE TABLE idempotency_key (
    customer_id uuid NOT NULL REFERENCES customer,
    route text NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    order_id uuid NOT NULL REFERENCES sales_order,
    status integer,
    body text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (customer_id, route, key)
);
CREATE INDEX ON idempotency_key (order_id);

CREATE TABLE invoice_series (
    series text PRIMARY KEY,
    legal_entity_id uuid NOT NULL REFERENCES legal_entity,
    last_number integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE invoice (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    order_id uuid NOT NULL REFERENCES sales_order,
    revision integer NOT NULL,
    series text NOT NULL REFERENCES invoice_series,
    number integer NOT NULL CHECK (number > 0),
    invoice_number text NOT NULL UNIQUE,
    generated_at timestamptz NOT NULL DEFAULT now(),
    subscription_item_id uuid NOT NULL REFERENCES subscription_item,
    amount numeric(14, 4) NOT NULL,
    currency char(3) NOT NULL,
    document_path text,
    document_sha256 text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (series, number),
    UNIQUE (order_id, revision)
);
COMMENT ON COLUMN invoice.amount IS 'gross total in the invoice''s currency';

CREATE TABLE invoice_line (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    invoice_id uuid NOT NULL REFERENCES invoice,
    sales_product_id uuid NOT NULL REFERENCES sales_product,
    quantity integer NOT NULL CHECK (quantity > 0),
    purchased_price numeric(14, 4) NOT NULL,
    sales_price numeric(14, 4) NOT NULL,
    vat numeric(6, 3) NOT NULL,
    vat_category text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN invoice_line.vat IS 'rate in percent as it was at the tax point';
CREATE INDEX ON invoice_line (invoice_id);

GRANT SELECT, INSERT, UPDATE ON sales_order, idempotency_key, invoice_series, invoice, invoice_line TO cloudsales_app;
GRANT SELECT, INSERT ON order_event TO cloudsales_app;
"""

DOWNGRADE = """
DROP TABLE invoice_line, invoice, invoice_series, idempotency_key, order_event, sales_order;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
