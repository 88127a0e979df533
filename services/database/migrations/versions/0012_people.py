"""People: who they are, how far their invitation is, and whether the identity provider has followed; names that are
unique within a customer instead of among all; and checks on what customers write of themselves.
"""

from alembic import op

from services.database.tenancy import APPLICATION, CUSTOMER, TENANT

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_EMAIL = "email ~ '^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$' AND length(email) <= 254"
_CHANGED_BY_CUSTOMERS = "company_name, first_name, last_name, email, address_lines, vat_id"
_CHANGED_BY_ADMINISTRATORS = (
    "first_name, last_name, role, state, invited_at, welcomed_at, directory_due_at, directory_fault"
)

_CUSTOMERS = f"""
CREATE SEQUENCE customer_number START 10001 OWNED BY customer.customer_number;
GRANT USAGE ON SEQUENCE customer_number TO {APPLICATION};
ALTER TABLE customer
    ALTER COLUMN customer_number SET DEFAULT 'C-' || nextval('customer_number'),
    ADD CONSTRAINT customer_is_named CHECK
        ('' <> ALL (ARRAY[btrim(company_name), btrim(first_name), btrim(last_name), btrim(customer_number)])),
    ADD CONSTRAINT customer_email CHECK ({_EMAIL}),
    ADD CONSTRAINT customer_country CHECK (country ~ '^[A-Z]{{2}}$'),
    ADD CONSTRAINT customer_vat_id CHECK (btrim(vat_id) <> '');
COMMENT ON COLUMN customer.email IS 'where invoices go; the people who sign in have their own in app_user';
CREATE INDEX customer_page ON customer (created_at, id);
CREATE INDEX customer_inactive ON customer (created_at, id) WHERE NOT active;
CREATE INDEX customer_company_name ON customer (lower(company_name) text_pattern_ops);
REVOKE UPDATE ON customer FROM {TENANT};
GRANT UPDATE ({_CHANGED_BY_CUSTOMERS}) ON customer TO {TENANT};
"""

_PEOPLE = f"""
ALTER TABLE app_user
    ALTER COLUMN subject DROP NOT NULL,
    ADD COLUMN email text,
    ADD COLUMN first_name text,
    ADD COLUMN last_name text,
    ADD COLUMN state text NOT NULL DEFAULT 'INVITED',
    ADD COLUMN invited_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN welcomed_at timestamptz,
    ADD COLUMN accepted_at timestamptz,
    ADD COLUMN directory_due_at timestamptz DEFAULT now(),
    ADD COLUMN directory_fault text;

-- Until now people had no address of their own: the first of a customer's is taken for the one that the customer names.
WITH ranked AS (
    SELECT u.id, c.email, c.first_name, c.last_name,
        row_number() OVER (PARTITION BY lower(c.email) ORDER BY u.created_at, u.id) AS place
    FROM app_user u JOIN customer c ON c.id = u.customer_id
)
UPDATE app_user u SET
    email = CASE WHEN r.place = 1 THEN r.email ELSE u.subject || '@unknown.invalid' END,
    first_name = CASE WHEN r.place = 1 THEN r.first_name ELSE 'unknown' END,
    last_name = CASE WHEN r.place = 1 THEN r.last_name ELSE 'unknown' END,
    state = CASE WHEN u.active THEN 'ACTIVE' ELSE 'DEACTIVATED' END,
    invited_at = u.created_at, welcomed_at = u.created_at, accepted_at = u.created_at, directory_due_at = NULL
FROM ranked r WHERE r.id = u.id;

ALTER TABLE app_user
    DROP COLUMN active,
    ADD COLUMN active boolean NOT NULL GENERATED ALWAYS AS (state <> 'DEACTIVATED') STORED,
    ALTER COLUMN email SET NOT NULL,
    ALTER COLUMN first_name SET NOT NULL,
    ALTER COLUMN last_name SET NOT NULL,
    ADD CONSTRAINT app_user_state CHECK (state IN ('INVITED', 'ACTIVE', 'DEACTIVATED')),
    ADD CONSTRAINT app_user_is_named CHECK (btrim(first_name) <> '' AND btrim(last_name) <> ''),
    ADD CONSTRAINT app_user_email_form CHECK ({_EMAIL}),
    ADD CONSTRAINT app_user_accepted CHECK (accepted_at IS NULL OR subject IS NOT NULL),
    ADD CONSTRAINT app_user_active CHECK (state <> 'ACTIVE' OR accepted_at IS NOT NULL);
COMMENT ON COLUMN app_user.subject IS 'the identity provider''s user id, the token''s sub claim; null until known';
COMMENT ON COLUMN app_user.state IS 'INVITED until their first request with a token; deactivated people have no access';
COMMENT ON COLUMN app_user.welcomed_at IS 'when the mail of the last invitation was handed over';
COMMENT ON COLUMN app_user.accepted_at IS 'their first request with a token';
COMMENT ON COLUMN app_user.directory_due_at IS
    'the identity provider has to be brought into step with this row; a later time: until then somebody is at it';
COMMENT ON COLUMN app_user.directory_fault IS 'why the identity provider refused this person for good';
CREATE UNIQUE INDEX app_user_email ON app_user (lower(email));
CREATE INDEX app_user_page ON app_user (customer_id, created_at, id);
CREATE INDEX app_user_directory ON app_user (directory_due_at) WHERE directory_due_at IS NOT NULL;

-- What concerns the identity provider alone is no change of what clients have read.
DROP TRIGGER bump_version ON app_user;
CREATE TRIGGER bump_version BEFORE UPDATE OF email, first_name, last_name, role, state ON app_user
    FOR EACH ROW EXECUTE FUNCTION bump_version();

REVOKE INSERT, UPDATE ON app_user FROM {TENANT};
GRANT INSERT (customer_id, email, first_name, last_name, role) ON app_user TO {TENANT};
GRANT UPDATE ({_CHANGED_BY_ADMINISTRATORS}) ON app_user TO {TENANT};
"""  # noqa: S608 - constants

_NAMES = f"""
ALTER TABLE account
    DROP CONSTRAINT account_name_key,
    ADD CONSTRAINT account_name UNIQUE (customer_id, name),
    ADD CONSTRAINT account_is_named CHECK (btrim(name) <> '');
CREATE INDEX account_page ON account (customer_id, created_at, id);
CREATE INDEX license_account_account ON license_account (account_id);

ALTER TABLE subscription
    DROP CONSTRAINT subscription_name_key,
    ADD CONSTRAINT subscription_is_named CHECK (btrim(name) <> ''),
    ADD CONSTRAINT subscription_known_as UNIQUE (id, name);
ALTER TABLE customer_subscription
    ADD COLUMN subscription_name text,
    ADD COLUMN created_at timestamptz NOT NULL DEFAULT now();
UPDATE customer_subscription l SET subscription_name = s.name, created_at = s.created_at
FROM subscription s WHERE s.id = l.subscription_id;
ALTER TABLE customer_subscription
    ALTER COLUMN subscription_name SET NOT NULL,
    DROP CONSTRAINT customer_subscription_subscription_id_fkey,
    ADD CONSTRAINT customer_subscription_subscription FOREIGN KEY (subscription_id, subscription_name)
        REFERENCES subscription (id, name) ON UPDATE CASCADE,
    ADD CONSTRAINT customer_subscription_name UNIQUE (customer_id, subscription_name);
COMMENT ON COLUMN customer_subscription.subscription_name IS 'follows subscription.name; unique within a customer';
CREATE INDEX customer_subscription_page ON customer_subscription (customer_id, created_at, subscription_id);
CREATE INDEX customer_subscription_of ON customer_subscription (subscription_id);

-- The only way for a tenant to a link: with INSERT on the table it could link itself to what is somebody else's.
CREATE FUNCTION new_subscription(name text, description text) RETURNS uuid
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH made AS (
        INSERT INTO public.subscription (name, description) VALUES ($1, $2) RETURNING id, name, created_at
    )
    INSERT INTO public.customer_subscription (customer_id, subscription_id, subscription_name, created_at)
    SELECT {CUSTOMER}, made.id, made.name, made.created_at FROM made RETURNING subscription_id
$$;
REVOKE EXECUTE ON FUNCTION new_subscription(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION new_subscription(text, text) TO {TENANT};
REVOKE INSERT ON customer_subscription FROM {TENANT};
REVOKE UPDATE ON account, subscription FROM {TENANT};
GRANT UPDATE (name, description) ON account, subscription TO {TENANT};
"""  # noqa: S608 - constants

_GLOBAL_NAMES = f"""
REVOKE UPDATE (name, description) ON account, subscription FROM {TENANT};
GRANT UPDATE ON account, subscription TO {TENANT};
GRANT INSERT ON customer_subscription TO {TENANT};
DROP FUNCTION new_subscription(text, text);

DROP INDEX customer_subscription_of, customer_subscription_page;
ALTER TABLE customer_subscription
    DROP CONSTRAINT customer_subscription_name,
    DROP CONSTRAINT customer_subscription_subscription,
    DROP COLUMN subscription_name,
    DROP COLUMN created_at,
    ADD CONSTRAINT customer_subscription_subscription_id_fkey FOREIGN KEY (subscription_id) REFERENCES subscription;
-- The schema before this one has every name only once: the later ones get their id behind it.
UPDATE subscription s SET name = name || ' ' || id WHERE EXISTS (
    SELECT FROM subscription o WHERE o.name = s.name AND (o.created_at, o.id) < (s.created_at, s.id)
);
ALTER TABLE subscription
    DROP CONSTRAINT subscription_known_as,
    DROP CONSTRAINT subscription_is_named,
    ADD CONSTRAINT subscription_name_key UNIQUE (name);

DROP INDEX license_account_account, account_page;
UPDATE account a SET name = name || ' ' || id WHERE EXISTS (
    SELECT FROM account o WHERE o.name = a.name AND (o.created_at, o.id) < (a.created_at, a.id)
);
ALTER TABLE account
    DROP CONSTRAINT account_is_named,
    DROP CONSTRAINT account_name,
    ADD CONSTRAINT account_name_key UNIQUE (name);
"""  # noqa: S608 - constants

_NOBODY = f"""
REVOKE INSERT (customer_id, email, first_name, last_name, role) ON app_user FROM {TENANT};
REVOKE UPDATE ({_CHANGED_BY_ADMINISTRATORS}) ON app_user FROM {TENANT};
GRANT INSERT, UPDATE ON app_user TO {TENANT};
DROP TRIGGER bump_version ON app_user;
CREATE TRIGGER bump_version BEFORE UPDATE ON app_user FOR EACH ROW EXECUTE FUNCTION bump_version();

-- The schema before this one cannot hold people whom the identity provider does not know yet.
DELETE FROM app_user WHERE subject IS NULL;
ALTER TABLE app_user RENAME COLUMN active TO derived;
ALTER TABLE app_user ADD COLUMN active boolean NOT NULL DEFAULT true;
UPDATE app_user SET active = derived;
ALTER TABLE app_user
    ALTER COLUMN subject SET NOT NULL,
    DROP COLUMN derived, DROP COLUMN email, DROP COLUMN first_name, DROP COLUMN last_name, DROP COLUMN state,
    DROP COLUMN invited_at, DROP COLUMN welcomed_at, DROP COLUMN accepted_at, DROP COLUMN directory_due_at,
    DROP COLUMN directory_fault;
DROP INDEX app_user_page;
"""  # noqa: S608 - constants

_UNCHECKED_CUSTOMERS = f"""
REVOKE UPDATE ({_CHANGED_BY_CUSTOMERS}) ON customer FROM {TENANT};
GRANT UPDATE ON customer TO {TENANT};
DROP INDEX customer_company_name, customer_inactive, customer_page;
ALTER TABLE customer
    ALTER COLUMN customer_number DROP DEFAULT,
    DROP CONSTRAINT customer_is_named,
    DROP CONSTRAINT customer_email,
    DROP CONSTRAINT customer_country,
    DROP CONSTRAINT customer_vat_id;
DROP SEQUENCE customer_number;
"""


def upgrade() -> None:
    op.execute(_CUSTOMERS + _PEOPLE + _NAMES)


def downgrade() -> None:
    op.execute(_GLOBAL_NAMES + _NOBODY + _UNCHECKED_CUSTOMERS)
