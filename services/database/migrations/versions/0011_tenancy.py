"""Tenants: row level security on everything that belongs to a customer, the owner on every invoice and licence,
versions for optimistic locking, and mails that belong to no order.
"""

from alembic import op

from services.database.tenancy import protect, unprotect, unversioned, versioned

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# By value, since the planner may turn EXISTS into a list of all that the tenant has, for one row's sake.
_OF_THE_ORDER = "(SELECT o.customer_id FROM sales_order o WHERE o.id = order_id) = {customer}"
_OF_THE_LICENSE = "(SELECT l.customer_id FROM license l WHERE l.id = license_id) = {customer}"
_OF_THE_SUBSCRIPTION = (
    "EXISTS (SELECT FROM customer_subscription s WHERE s.subscription_id = {id} AND s.customer_id = {{customer}})"
)
_MINE = "customer_id = {customer}"

PROTECTED = {
    "customer": ("id = {customer}", "SELECT, UPDATE"),
    "app_user": (_MINE, "SELECT, INSERT, UPDATE"),
    "account": (_MINE, "SELECT, INSERT, UPDATE, DELETE"),
    "customer_subscription": (_MINE, "SELECT, INSERT"),
    "subscription": (_OF_THE_SUBSCRIPTION.format(id="subscription.id"), "SELECT, UPDATE"),
    "subscription_item": (_OF_THE_SUBSCRIPTION.format(id="subscription_item.subscription_id"), "SELECT, UPDATE"),
    "license": (_MINE, "SELECT, UPDATE"),
    "license_account": (_OF_THE_LICENSE, "SELECT, INSERT"),
    "license_valid_to_date": (_OF_THE_LICENSE, "SELECT, INSERT"),
    "sales_order": (_MINE, "SELECT, INSERT, UPDATE"),
    "order_event": (_OF_THE_ORDER, "SELECT, INSERT"),
    "idempotency_key": (_MINE, "SELECT, INSERT, UPDATE"),
    "invoice": (_MINE, "SELECT"),
    "invoice_line": ("(SELECT i.customer_id FROM invoice i WHERE i.id = invoice_id) = {customer}", "SELECT"),
    "outbox": (_MINE, "SELECT, INSERT"),
}
"""Each table's own condition for a row of the tenant, and what its role may do with it."""
UNSEEN = ("ccp_discrepancy", "inbox", "email_ledger", "mail_event", "mail_copy", "mail_suppression", "operator_action")
"""They tell of customers, and no request of a customer reads them."""
VERSIONED = ("customer", "app_user", "account", "subscription", "subscription_item", "license", "sales_product")

_ROLE = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cloudsales_tenant') THEN
        RAISE EXCEPTION 'no role cloudsales_tenant: let the administrator run services/database/bootstrap.sql';
    END IF;
END
$$;
GRANT USAGE ON SCHEMA public TO cloudsales_tenant;
GRANT SELECT ON sales_product, legal_entity TO cloudsales_tenant;
GRANT DELETE ON account TO cloudsales_app;
"""

_OWNERS = """
ALTER TABLE invoice ADD COLUMN customer_id uuid REFERENCES customer;
UPDATE invoice SET customer_id = (SELECT customer_id FROM sales_order o WHERE o.id = invoice.order_id);
ALTER TABLE license ADD COLUMN customer_id uuid REFERENCES customer;
UPDATE license SET customer_id = (
    SELECT customer_id FROM sales_order o WHERE o.subscription_item_id = license.subscription_item_id
    ORDER BY o.created_at LIMIT 1
);

CREATE FUNCTION owner_of_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT customer_id INTO NEW.customer_id FROM sales_order WHERE id = NEW.order_id;
    RETURN NEW;
END
$$;
CREATE TRIGGER owner BEFORE INSERT ON invoice FOR EACH ROW WHEN (NEW.customer_id IS NULL)
    EXECUTE FUNCTION owner_of_invoice();
ALTER TABLE invoice ALTER COLUMN customer_id SET NOT NULL;

CREATE FUNCTION owner_of_license() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT customer_id INTO NEW.customer_id FROM sales_order
    WHERE subscription_item_id = NEW.subscription_item_id ORDER BY updated_at DESC LIMIT 1;
    RETURN NEW;
END
$$;
CREATE TRIGGER owner BEFORE INSERT ON license FOR EACH ROW WHEN (NEW.customer_id IS NULL)
    EXECUTE FUNCTION owner_of_license();
ALTER TABLE license ALTER COLUMN customer_id SET NOT NULL;
COMMENT ON COLUMN license.customer_id IS 'whose order brought it: a subscription may be shared, a licence is not';
CREATE INDEX sales_order_item ON sales_order (subscription_item_id);
"""

_PEOPLE = """
ALTER TABLE app_user ADD COLUMN role text NOT NULL DEFAULT 'ADMIN' CHECK (role IN ('USER', 'ADMIN'));
ALTER TABLE app_user ALTER COLUMN role SET DEFAULT 'USER';
COMMENT ON COLUMN app_user.role IS 'the first user of every customer is its administrator';
ALTER TABLE idempotency_key ADD COLUMN headers jsonb NOT NULL DEFAULT '{}';
"""

_VERSIONS = """
CREATE FUNCTION bump_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    NEW.updated_at := now();
    RETURN NEW;
END
$$;
"""

_LETTERS = """
ALTER TABLE outbox DROP CONSTRAINT outbox_order_id_fkey;
ALTER TABLE email_ledger DROP CONSTRAINT email_ledger_order_id_fkey;
COMMENT ON COLUMN outbox.order_id IS 'the order, or the letter''s own id for a mail that belongs to no order';
COMMENT ON COLUMN email_ledger.order_id IS 'as outbox.order_id';
"""

_NO_LETTERS = """
DELETE FROM mail_event WHERE attempt_id IN (
    SELECT unnest(earlier_attempts || attempt_id) FROM email_ledger l
    WHERE NOT EXISTS (SELECT FROM sales_order o WHERE o.id = l.order_id)
);
DELETE FROM email_ledger l WHERE NOT EXISTS (SELECT FROM sales_order o WHERE o.id = l.order_id);
DELETE FROM inbox i WHERE NOT EXISTS (
    SELECT FROM outbox b JOIN sales_order o ON o.id = b.order_id WHERE b.path = i.path
);
DELETE FROM outbox b WHERE NOT EXISTS (SELECT FROM sales_order o WHERE o.id = b.order_id);
ALTER TABLE outbox ADD FOREIGN KEY (order_id) REFERENCES sales_order;
ALTER TABLE email_ledger ADD FOREIGN KEY (order_id) REFERENCES sales_order;
"""

_NO_OWNERS = """
DROP INDEX sales_order_item;
DROP TRIGGER owner ON license;
DROP TRIGGER owner ON invoice;
DROP FUNCTION owner_of_license(), owner_of_invoice();
ALTER TABLE license DROP COLUMN customer_id;
ALTER TABLE invoice DROP COLUMN customer_id;
"""

_NO_PEOPLE = """
ALTER TABLE idempotency_key DROP COLUMN headers;
ALTER TABLE app_user DROP COLUMN role;
"""

_NO_ROLE = """
REVOKE DELETE ON account FROM cloudsales_app;
REVOKE SELECT ON sales_product, legal_entity FROM cloudsales_tenant;
REVOKE USAGE ON SCHEMA public FROM cloudsales_tenant;
"""


def upgrade() -> None:
    op.execute(_ROLE + _OWNERS + _PEOPLE + _VERSIONS + _LETTERS)
    op.execute("".join(map(versioned, VERSIONED)))
    op.execute("".join(protect(table, owned, tenant=tenant) for table, (owned, tenant) in PROTECTED.items()))
    op.execute("".join(map(protect, UNSEEN)))


def downgrade() -> None:
    op.execute("".join(map(unprotect, (*UNSEEN, *PROTECTED))))
    op.execute("".join(map(unversioned, VERSIONED)))
    op.execute("DROP FUNCTION bump_version();" + _NO_LETTERS + _NO_OWNERS + _NO_PEOPLE + _NO_ROLE)
