"""Prices: what is for sale, in which currencies and at which price since when, by which margins and rates; and orders
that are cancelled.
"""

from alembic import op

from services.database.tenancy import protect

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_OWN_CURRENCY = """currency = (
    SELECT e.currency FROM customer c JOIN legal_entity e ON e.id = c.legal_entity_id WHERE c.id = {customer}
)"""
"""A customer buys in one currency and is told no price in another."""

_PRODUCTS = """
ALTER TABLE sales_product
    ADD COLUMN vendor text NOT NULL DEFAULT '',
    ADD COLUMN unit text NOT NULL DEFAULT '',
    ADD COLUMN withdrawn_at timestamptz,
    ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (
        to_tsvector('simple', vendor || ' ' || name || ' ' || description)
        || to_tsvector('english', vendor || ' ' || name || ' ' || description)
    ) STORED;
COMMENT ON COLUMN sales_product.withdrawn_at IS 'since when the CCP does not offer it: it is not for sale meanwhile';
COMMENT ON COLUMN sales_product.currency IS 'in which the CCP charges: that of purchase_price';
COMMENT ON COLUMN sales_product.sales_price IS 'for the release before product_price, and in the CCP''s currency alone';
COMMENT ON COLUMN sales_product.search IS 'words as they stand, for beginnings, and as English has them, for forms';
CREATE INDEX sales_product_search ON sales_product USING gin (search);
CREATE INDEX sales_product_page ON sales_product (name, id);

REVOKE SELECT ON sales_product FROM cloudsales_tenant;
GRANT SELECT (id, name, description, ccp_product_id, vendor, unit, withdrawn_at, search, created_at, updated_at,
    version) ON sales_product TO cloudsales_tenant;
"""

_PRICES = """
CREATE TABLE product_price (
    product_id uuid NOT NULL REFERENCES sales_product,
    currency char(3) NOT NULL,
    sales_price numeric(14, 4) NOT NULL CHECK (sales_price >= 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (product_id, currency)
);
COMMENT ON TABLE product_price IS 'what a product costs now; without a row it is not for sale in that currency';
INSERT INTO product_price (product_id, currency, sales_price)
SELECT id, currency, sales_price FROM sales_product;

CREATE TABLE price_change (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    product_id uuid NOT NULL REFERENCES sales_product,
    kind text NOT NULL CHECK (kind IN ('PURCHASE', 'SALES')),
    currency char(3) NOT NULL,
    price numeric(14, 4) CHECK (price >= 0),
    valid_from timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (kind = 'SALES' OR price IS NOT NULL)
);
COMMENT ON TABLE price_change IS 'append-only, and written by triggers alone';
COMMENT ON COLUMN price_change.price IS 'null: not for sale in that currency from then on';
CREATE INDEX price_change_product ON price_change (product_id, valid_from, id);
INSERT INTO price_change (product_id, kind, currency, price, valid_from)
SELECT id, kind, currency, CASE kind WHEN 'SALES' THEN sales_price ELSE purchase_price END, updated_at
FROM sales_product, (VALUES ('SALES'), ('PURCHASE')) AS both_of_them (kind);

CREATE FUNCTION record_purchase_price() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO price_change (product_id, kind, currency, price)
    VALUES (NEW.id, 'PURCHASE', NEW.currency, NEW.purchase_price);
    RETURN NULL;
END
$$;
CREATE TRIGGER first_purchase_price AFTER INSERT ON sales_product FOR EACH ROW EXECUTE FUNCTION record_purchase_price();
CREATE TRIGGER purchase_price AFTER UPDATE OF purchase_price, currency ON sales_product FOR EACH ROW
    WHEN ((OLD.purchase_price, OLD.currency) IS DISTINCT FROM (NEW.purchase_price, NEW.currency))
    EXECUTE FUNCTION record_purchase_price();

CREATE FUNCTION record_sales_price() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO price_change (product_id, kind, currency) VALUES (OLD.product_id, 'SALES', OLD.currency);
    ELSE
        INSERT INTO price_change (product_id, kind, currency, price)
        VALUES (NEW.product_id, 'SALES', NEW.currency, NEW.sales_price);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER first_sales_price AFTER INSERT OR DELETE ON product_price FOR EACH ROW
    EXECUTE FUNCTION record_sales_price();
CREATE TRIGGER sales_price AFTER UPDATE ON product_price FOR EACH ROW WHEN (OLD.sales_price <> NEW.sales_price)
    EXECUTE FUNCTION record_sales_price();

GRANT SELECT, INSERT, UPDATE, DELETE ON product_price TO cloudsales_app;
GRANT SELECT ON price_change TO cloudsales_app;
"""

_MARGINS = """
CREATE TABLE margin_rule (
    id uuid PRIMARY KEY,
    product_id uuid REFERENCES sales_product,
    vendor text,
    name_pattern text,
    markup_percent numeric(7, 3) NOT NULL CHECK (markup_percent BETWEEN -100 AND 1000),
    minimum_margin numeric(14, 4) NOT NULL CHECK (minimum_margin >= 0),
    below_purchase_price boolean NOT NULL,
    valid_from date NOT NULL,
    valid_until date,
    created_by uuid,
    deleted_at timestamptz,
    deleted_by uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK (product_id IS NULL OR num_nonnulls(vendor, name_pattern) = 0),
    CHECK (below_purchase_price OR markup_percent >= 0),
    CHECK (valid_from <= valid_until)
);
COMMENT ON COLUMN margin_rule.minimum_margin IS 'an item, in the currency that the CCP charges it in';
COMMENT ON COLUMN margin_rule.valid_until IS 'the last day, in UTC like the first one';
COMMENT ON COLUMN margin_rule.created_by IS 'the operator''s immutable user id, the token''s sub claim';
CREATE INDEX margin_rule_page ON margin_rule (created_at, id) WHERE deleted_at IS NULL;

CREATE TABLE exchange_rate (
    id uuid PRIMARY KEY,
    base char(3) NOT NULL,
    quote char(3) NOT NULL,
    rate numeric(18, 8) NOT NULL CHECK (rate > 0),
    valid_from date NOT NULL,
    source text NOT NULL,
    created_by uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK (base <> quote)
);
COMMENT ON TABLE exchange_rate IS 'one unit of base is rate units of quote; of two for a day, the later one corrects';
CREATE INDEX exchange_rate_pair ON exchange_rate (base, quote, valid_from DESC, created_at DESC);
CREATE INDEX exchange_rate_page ON exchange_rate (created_at, id);

GRANT SELECT, INSERT, UPDATE ON margin_rule TO cloudsales_app;
GRANT SELECT, INSERT ON exchange_rate TO cloudsales_app;
"""

_SYNCHRONISATIONS = """
CREATE TABLE catalogue_synchronisation (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    state text NOT NULL CHECK (state IN ('WAITING', 'RUNNING', 'DONE', 'FAILED')),
    asked_by uuid,
    accept_withdrawals boolean NOT NULL DEFAULT false,
    leased_until timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz,
    reason text,
    listed integer CHECK (listed >= 0),
    counts jsonb NOT NULL DEFAULT '{}',
    changes jsonb NOT NULL DEFAULT '[]',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((state = 'WAITING') = (started_at IS NULL)),
    CHECK ((state IN ('DONE', 'FAILED')) = (finished_at IS NOT NULL)),
    CHECK ((state = 'FAILED') = (reason IS NOT NULL))
);
COMMENT ON COLUMN catalogue_synchronisation.asked_by IS 'the operator; null for one that was due';
COMMENT ON COLUMN catalogue_synchronisation.leased_until IS 'until then it is its process''s; later that one is dead';
CREATE UNIQUE INDEX catalogue_synchronisation_one_open ON catalogue_synchronisation ((true))
    WHERE state IN ('WAITING', 'RUNNING');
CREATE INDEX catalogue_synchronisation_page ON catalogue_synchronisation (created_at DESC, id DESC);
GRANT SELECT, INSERT, UPDATE, DELETE ON catalogue_synchronisation TO cloudsales_app;
"""

_ORDERS = """
ALTER TABLE sales_order
    ADD COLUMN purchase_currency char(3),
    ADD COLUMN cancel_asked_at timestamptz,
    ADD COLUMN cancel_due_at timestamptz,
    ADD COLUMN cancel_attempts integer NOT NULL DEFAULT 0 CHECK (cancel_attempts >= 0),
    ADD COLUMN cancel_taken_at timestamptz,
    ADD COLUMN cancelled_at timestamptz,
    ADD COLUMN cancel_refusal text,
    DROP CONSTRAINT sales_order_state_check,
    ADD CONSTRAINT sales_order_state_check CHECK (state IN
        ('RESERVED', 'CONFIRMED', 'INVOICED', 'DOCUMENTED', 'EMAILED', 'REJECTED', 'PARKED', 'CANCELLED')),
    ADD CONSTRAINT sales_order_cancelled CHECK (state <> 'CANCELLED' OR cancelled_at IS NOT NULL),
    ADD CONSTRAINT sales_order_cancellation CHECK (
        num_nonnulls(cancel_due_at, cancelled_at, cancel_refusal) = CASE WHEN cancel_asked_at IS NULL THEN 0 ELSE 1 END
    );
COMMENT ON COLUMN sales_order.purchase_currency IS 'in which the CCP charges; null: as currency, that of sales_price';
COMMENT ON COLUMN sales_order.cancel_due_at IS 'its customer wants it cancelled, and when that is tried next';
COMMENT ON COLUMN sales_order.cancel_taken_at IS 'its licences are taken back, and come again if it is not cancelled';
COMMENT ON COLUMN sales_order.cancel_refusal IS 'why it was not cancelled, in words for its customer';
COMMENT ON COLUMN sales_order.state IS 'CANCELLED: before an invoice; one that is cancelled later goes on its way';
CREATE INDEX sales_order_cancel ON sales_order (cancel_due_at) WHERE cancel_due_at IS NOT NULL;

-- A customer's request makes the order, and may not even read what a product costs us.
CREATE FUNCTION purchase_price_of_order() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    SELECT coalesce(NEW.purchase_price, purchase_price), currency INTO NEW.purchase_price, NEW.purchase_currency
    FROM sales_product WHERE id = NEW.sales_product_id;
    RETURN NEW;
END
$$;
CREATE TRIGGER purchase_price BEFORE INSERT ON sales_order FOR EACH ROW WHEN (NEW.purchase_currency IS NULL)
    EXECUTE FUNCTION purchase_price_of_order();
"""

DOWNGRADE = """
DROP TRIGGER purchase_price ON sales_order;
DROP FUNCTION purchase_price_of_order();
UPDATE sales_order SET state = 'REJECTED', reason = 'cancelled by the customer' WHERE state = 'CANCELLED';
DROP INDEX sales_order_cancel;
ALTER TABLE sales_order
    DROP CONSTRAINT sales_order_cancellation,
    DROP CONSTRAINT sales_order_cancelled,
    DROP CONSTRAINT sales_order_state_check,
    ADD CONSTRAINT sales_order_state_check CHECK (state IN
        ('RESERVED', 'CONFIRMED', 'INVOICED', 'DOCUMENTED', 'EMAILED', 'REJECTED', 'PARKED')),
    DROP COLUMN cancel_refusal,
    DROP COLUMN cancelled_at,
    DROP COLUMN cancel_taken_at,
    DROP COLUMN cancel_attempts,
    DROP COLUMN cancel_due_at,
    DROP COLUMN cancel_asked_at,
    DROP COLUMN purchase_currency;
COMMENT ON COLUMN sales_order.state IS NULL;

DROP TABLE catalogue_synchronisation, exchange_rate, margin_rule;
DROP TRIGGER purchase_price ON sales_product;
DROP TRIGGER first_purchase_price ON sales_product;
DROP TABLE price_change, product_price;
DROP FUNCTION record_sales_price(), record_purchase_price();

REVOKE ALL ON sales_product FROM cloudsales_tenant;
GRANT SELECT ON sales_product TO cloudsales_tenant;
DROP INDEX sales_product_page, sales_product_search;
ALTER TABLE sales_product DROP COLUMN search, DROP COLUMN withdrawn_at, DROP COLUMN unit, DROP COLUMN vendor;
COMMENT ON COLUMN sales_product.sales_price IS NULL;
COMMENT ON COLUMN sales_product.currency IS NULL;
"""


def upgrade() -> None:
    op.execute(_PRODUCTS + _PRICES + _MARGINS + _SYNCHRONISATIONS + _ORDERS)
    op.execute(protect("product_price", _OWN_CURRENCY))
    op.execute(protect("price_change", f"kind = 'SALES' AND {_OWN_CURRENCY}"))


def downgrade() -> None:
    op.execute(DOWNGRADE)
