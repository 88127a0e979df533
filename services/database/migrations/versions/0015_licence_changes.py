"""Licences after their sale: who has them and until when, their changes at the CCP, and what is told before they end.

The histories `license_account` and `license_valid_to_date` stay the source: triggers keep the present of each licence
beside it, so that lists find it by an index and no writer can forget it.
"""

from alembic import op

from services.database.tenancy import protect

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_ORDERS = """
ALTER TABLE sales_order
    ADD COLUMN kind text NOT NULL DEFAULT 'PURCHASE' CHECK (kind IN ('PURCHASE', 'INCREASE', 'EXTEND')),
    ADD COLUMN charged_days integer,
    ADD COLUMN term_days integer,
    ADD COLUMN period_from date,
    ADD COLUMN period_to date,
    ADD CONSTRAINT sales_order_period CHECK (
        num_nonnulls(charged_days, term_days, period_from, period_to) IN (0, 4)
        AND charged_days BETWEEN 1 AND term_days AND period_from <= period_to
    ),
    ADD CONSTRAINT sales_order_period_of_changes CHECK (kind = 'PURCHASE' OR charged_days IS NOT NULL);
COMMENT ON COLUMN sales_order.kind IS 'INCREASE: more licences of an item, EXTEND: a licence runs longer';
COMMENT ON COLUMN sales_order.charged_days IS 'of the term that sales_price pays for; null: all of it';
COMMENT ON COLUMN sales_order.period_to IS 'the last day paid for, and the last day of the licences that are bought';
"""

_PRESENT = """
ALTER TABLE account ADD CONSTRAINT account_of_customer UNIQUE (id, customer_id);
ALTER TABLE license
    ADD COLUMN order_id uuid REFERENCES sales_order,
    ADD COLUMN account_id uuid,
    ADD COLUMN valid_to_date date,
    ADD COLUMN returned_at timestamptz,
    ADD CONSTRAINT license_account_of_its_customer FOREIGN KEY (account_id, customer_id)
        REFERENCES account (id, customer_id);
COMMENT ON COLUMN license.order_id IS 'the order that brought it: its invoice is credited when the licence is returned';
COMMENT ON COLUMN license.account_id IS 'the latest row of license_account, kept by a trigger';
COMMENT ON COLUMN license.valid_to_date IS 'the latest row of license_valid_to_date, kept by a trigger';
COMMENT ON COLUMN license.returned_at IS 'given back to the CCP; until then it counts in its item''s quantity';

CREATE FUNCTION license_account_now() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE license l SET account_id = latest.account_id
    FROM (
        SELECT DISTINCT ON (h.license_id) h.license_id, h.account_id
        FROM license_account h WHERE h.license_id IN (SELECT license_id FROM added)
        ORDER BY h.license_id, h.created_at DESC
    ) latest
    WHERE l.id = latest.license_id AND l.account_id IS DISTINCT FROM latest.account_id;
    RETURN NULL;
END
$$;
CREATE FUNCTION license_valid_to_date_now() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE license l SET valid_to_date = latest.valid_to_date
    FROM (
        SELECT DISTINCT ON (h.license_id) h.license_id, h.valid_to_date
        FROM license_valid_to_date h WHERE h.license_id IN (SELECT license_id FROM added)
        ORDER BY h.license_id, h.created_at DESC
    ) latest
    WHERE l.id = latest.license_id AND l.valid_to_date IS DISTINCT FROM latest.valid_to_date;
    RETURN NULL;
END
$$;
CREATE FUNCTION order_of_license() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT id INTO NEW.order_id FROM sales_order
    WHERE subscription_item_id = NEW.subscription_item_id ORDER BY updated_at DESC LIMIT 1;
    RETURN NEW;
END
$$;
"""

_PRESENT_OF_OLD_ROWS = """
ALTER TABLE license DISABLE TRIGGER bump_version;
UPDATE license l SET order_id = o.order_id
FROM (
    SELECT b.order_id, jsonb_array_elements_text(b.body::jsonb -> 'licenseIds')::uuid AS license_id
    FROM outbox b WHERE b.queue = 'invoice' AND b.body::jsonb -> 'metadata' ->> 'payloadType' = '1'
) o
WHERE l.id = o.license_id;
UPDATE license l SET account_id = (
        SELECT account_id FROM license_account h WHERE h.license_id = l.id ORDER BY created_at DESC LIMIT 1
    ), valid_to_date = (
        SELECT valid_to_date FROM license_valid_to_date h WHERE h.license_id = l.id ORDER BY created_at DESC LIMIT 1
    );
ALTER TABLE license ENABLE TRIGGER bump_version;

CREATE TRIGGER present AFTER INSERT ON license_account REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION license_account_now();
CREATE TRIGGER present AFTER INSERT ON license_valid_to_date REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION license_valid_to_date_now();
-- Sealing a key is no change of what clients have read.
DROP TRIGGER bump_version ON license;
CREATE TRIGGER bump_version BEFORE UPDATE OF account_id, valid_to_date, returned_at ON license
    FOR EACH ROW EXECUTE FUNCTION bump_version();
CREATE TRIGGER of_order BEFORE INSERT ON license FOR EACH ROW WHEN (NEW.order_id IS NULL)
    EXECUTE FUNCTION order_of_license();
"""

_LISTS = """
CREATE INDEX license_of_customer ON license (customer_id, created_at, id) WHERE returned_at IS NULL;
CREATE INDEX license_unassigned ON license (customer_id, created_at, id)
    WHERE returned_at IS NULL AND account_id IS NULL;
CREATE INDEX license_returned ON license (customer_id, created_at, id) WHERE returned_at IS NOT NULL;
CREATE INDEX license_of_account ON license (account_id, created_at, id) WHERE account_id IS NOT NULL;
CREATE INDEX license_of_item ON license (subscription_item_id, created_at, id);
DROP INDEX license_subscription_item_id_idx;
CREATE INDEX license_of_order ON license (order_id);
CREATE INDEX license_item_end ON license (subscription_item_id, valid_to_date, id) WHERE returned_at IS NULL;
CREATE INDEX license_ending ON license (customer_id, valid_to_date, id) WHERE returned_at IS NULL;
"""

_CHANGES = """
CREATE TABLE licence_change (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customer,
    subscription_item_id uuid NOT NULL REFERENCES subscription_item,
    kind text NOT NULL CHECK (kind IN ('INCREASE', 'RETURN', 'CANCEL', 'EXTEND')),
    state text CHECK (state IN ('RESERVED', 'CONFIRMED', 'FINISHED', 'REFUSED', 'PARKED')),
    reason text,
    license_ids uuid[] NOT NULL,
    quantity_before integer NOT NULL CHECK (quantity_before >= 0),
    quantity_after integer NOT NULL CHECK (quantity_after >= 0),
    effective_on date NOT NULL,
    valid_from_date date,
    valid_to_date date,
    sales_price numeric(14, 4),
    currency char(3),
    ccp_transactions uuid[] NOT NULL DEFAULT '{}',
    ccp_attempts integer NOT NULL DEFAULT 0 CHECK (ccp_attempts >= 0),
    leased_until timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT licence_change_state CHECK ((state IS NULL) = (kind = 'INCREASE')),
    CONSTRAINT licence_change_reason CHECK ((reason IS NOT NULL) = (coalesce(state, '') IN ('REFUSED', 'PARKED'))),
    CONSTRAINT licence_change_licences CHECK ((cardinality(license_ids) = 0) = (kind = 'INCREASE')),
    CONSTRAINT licence_change_extension CHECK (
        num_nonnulls(valid_from_date, valid_to_date, sales_price, currency)
            = CASE WHEN kind = 'EXTEND' THEN 4 ELSE 0 END
        AND (kind <> 'EXTEND' OR valid_from_date < valid_to_date AND cardinality(license_ids) = 1)
    ),
    CONSTRAINT licence_change_quantity CHECK (
        quantity_after - quantity_before = CASE kind
            WHEN 'EXTEND' THEN 0 WHEN 'INCREASE' THEN quantity_after - quantity_before ELSE -cardinality(license_ids)
        END
    )
);
COMMENT ON TABLE licence_change IS 'the reservation of a change at the CCP; its id is the idempotency key there';
COMMENT ON COLUMN licence_change.state IS 'null for an increase: the order of the same id has the state';
COMMENT ON COLUMN licence_change.license_ids IS 'returned or extended; an increase has none: its order brings them';
COMMENT ON COLUMN licence_change.effective_on IS 'the day it was asked for, up to which a returned licence is paid';
COMMENT ON COLUMN licence_change.valid_from_date IS 'the last day that was paid before the extension';
COMMENT ON COLUMN licence_change.ccp_attempts IS 'from the second one on, the CCP is searched before it is asked';
COMMENT ON COLUMN licence_change.leased_until IS 'until then one process alone works on it; then the reconciler may';
CREATE INDEX licence_change_due ON licence_change (leased_until) WHERE state IN ('RESERVED', 'CONFIRMED', 'PARKED');
CREATE INDEX licence_change_open ON licence_change (subscription_item_id)
    WHERE state IS NULL OR state IN ('RESERVED', 'PARKED');
CREATE INDEX licence_change_of_license ON licence_change USING gin (license_ids);
GRANT SELECT, INSERT, UPDATE ON licence_change TO cloudsales_app;

CREATE TABLE license_key_reading (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    license_id uuid NOT NULL REFERENCES license,
    subject uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE license_key_reading IS 'who was shown a licence key; append-only: nobody may change or delete a row';
COMMENT ON COLUMN license_key_reading.subject IS 'the identity provider''s user id, the token''s sub claim';
CREATE INDEX ON license_key_reading (license_id, at);
GRANT SELECT, INSERT ON license_key_reading TO cloudsales_app;

CREATE TABLE expiry_letter (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customer,
    day date NOT NULL,
    days_before integer NOT NULL CHECK (days_before > 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (customer_id, day, days_before)
);
COMMENT ON TABLE expiry_letter IS 'one mail for each customer, day and threshold: two pods cannot both send it';
CREATE TABLE expiry_notice (
    license_id uuid NOT NULL REFERENCES license,
    valid_to_date date NOT NULL,
    days_before integer NOT NULL,
    letter_id uuid NOT NULL REFERENCES expiry_letter,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (license_id, valid_to_date, days_before)
);
COMMENT ON TABLE expiry_notice IS 'which licence was told to end on which day; after an extension it is another day';
GRANT SELECT, INSERT ON expiry_letter, expiry_notice TO cloudsales_app;
"""

_PROTECTED = (
    protect("licence_change", "customer_id = {customer}", tenant="SELECT, INSERT")
    + protect("license_key_reading", "EXISTS (SELECT FROM license l WHERE l.id = license_id)", tenant="INSERT")
    + protect("expiry_letter")
    + protect("expiry_notice")
)

DOWNGRADE = """
DROP TABLE expiry_notice, expiry_letter, license_key_reading, licence_change;
DROP INDEX license_of_customer, license_unassigned, license_returned, license_of_account, license_of_item,
    license_of_order, license_item_end, license_ending;
CREATE INDEX license_subscription_item_id_idx ON license (subscription_item_id);
DROP TRIGGER of_order ON license;
DROP TRIGGER bump_version ON license;
CREATE TRIGGER bump_version BEFORE UPDATE ON license FOR EACH ROW EXECUTE FUNCTION bump_version();
DROP TRIGGER present ON license_valid_to_date;
DROP TRIGGER present ON license_account;
DROP FUNCTION order_of_license(), license_valid_to_date_now(), license_account_now();
ALTER TABLE license
    DROP COLUMN returned_at, DROP COLUMN valid_to_date, DROP COLUMN account_id, DROP COLUMN order_id;
ALTER TABLE account DROP CONSTRAINT account_of_customer;
ALTER TABLE sales_order
    DROP COLUMN period_to, DROP COLUMN period_from, DROP COLUMN term_days, DROP COLUMN charged_days, DROP COLUMN kind;
"""


def upgrade() -> None:
    op.execute(_ORDERS + _PRESENT + _PRESENT_OF_OLD_ROWS + _LISTS + _CHANGES + _PROTECTED)


def downgrade() -> None:
    op.execute(DOWNGRADE)
