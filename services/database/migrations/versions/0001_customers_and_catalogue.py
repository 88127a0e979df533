"""Customers, their subscriptions, and what we sell: the given data model plus sign-in, currency and legal entity."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

UPGRADE = """
CREATE TABLE legal_entity (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL UNIQUE,
    address_lines text[] NOT NULL CHECK (cardinality(address_lines) BETWEEN 1 AND 5),
    country char(2) NOT NULL,
    vat_id text NOT NULL,
    registration text NOT NULL,
    email text NOT NULL,
    bank_name text NOT NULL,
    iban text,
    account_number text,
    bic text NOT NULL,
    currency char(3) NOT NULL,
    invoice_series text NOT NULL UNIQUE CHECK (invoice_series ~ '^[A-Z0-9]{1,8}$'),
    payment_days integer NOT NULL CHECK (payment_days BETWEEN 0 AND 120),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((iban IS NULL) <> (account_number IS NULL))
);

CREATE TABLE customer (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    legal_entity_id uuid NOT NULL REFERENCES legal_entity,
    customer_number text NOT NULL UNIQUE,
    company_name text NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    email text NOT NULL,
    address_lines text[] NOT NULL CHECK (cardinality(address_lines) BETWEEN 1 AND 5),
    country char(2) NOT NULL,
    vat_id text,
    active boolean NOT NULL DEFAULT true,
    note text NOT NULL DEFAULT '',
    type integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE app_user (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    customer_id uuid NOT NULL REFERENCES customer,
    subject uuid NOT NULL UNIQUE,
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN app_user.subject IS 'the identity provider''s immutable user id, the token''s sub claim';

CREATE TABLE account (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    customer_id uuid NOT NULL REFERENCES customer,
    name text NOT NULL UNIQUE,
    description text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE subscription (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL UNIQUE,
    description text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE customer_subscription (
    customer_id uuid NOT NULL REFERENCES customer,
    subscription_id uuid NOT NULL REFERENCES subscription,
    PRIMARY KEY (customer_id, subscription_id)
);

CREATE TABLE sales_product (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    ccp_product_id uuid NOT NULL UNIQUE,
    purchase_price numeric(14, 4) NOT NULL CHECK (purchase_price >= 0),
    sales_price numeric(14, 4) NOT NULL CHECK (sales_price >= 0),
    currency char(3) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE subscription_item (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    subscription_id uuid NOT NULL REFERENCES subscription,
    sales_product_id uuid NOT NULL REFERENCES sales_product,
    product_name text NOT NULL,
    quantity integer NOT NULL CHECK (quantity >= 0),
    state integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (subscription_id, sales_product_id)
);

CREATE TABLE license (
    id uuid PRIMARY KEY,
    subscription_item_id uuid NOT NULL REFERENCES subscription_item,
    key text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON license (subscription_item_id);

CREATE TABLE license_account (
    license_id uuid NOT NULL REFERENCES license,
    account_id uuid REFERENCES account,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (license_id, created_at)
);

CREATE TABLE license_valid_to_date (
    license_id uuid NOT NULL REFERENCES license,
    valid_to_date date NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (license_id, created_at)
);

GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO cloudsales_app;
REVOKE INSERT, UPDATE ON alembic_version FROM cloudsales_app;
"""

DOWNGRADE = """
DROP TABLE license_valid_to_date, license_account, license, subscription_item, sales_product, customer_subscription,
    subscription, account, app_user, customer, legal_entity;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
