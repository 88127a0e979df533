"""Support cases with their messages and history; and customers may see and repeat the mails of their own documents."""

from alembic import op

from services.database.tenancy import hide, protect, show

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

CASES = """
CREATE TABLE support_case (
    id uuid PRIMARY KEY,
    number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    customer_id uuid NOT NULL REFERENCES customer,
    opened_by uuid NOT NULL REFERENCES app_user,
    subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 200),
    status text NOT NULL DEFAULT 'OPEN' CHECK (status IN
        ('OPEN', 'WAITING_FOR_SUPPORT', 'WAITING_FOR_CUSTOMER', 'RESOLVED', 'CLOSED')),
    priority text NOT NULL DEFAULT 'NORMAL' CHECK (priority IN ('LOW', 'NORMAL', 'HIGH', 'URGENT')),
    assignee uuid,
    order_id uuid REFERENCES sales_order,
    invoice_id uuid REFERENCES invoice,
    license_id uuid REFERENCES license,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN support_case.status IS 'OPEN: support has not answered yet; CLOSED is final';
COMMENT ON COLUMN support_case.assignee IS 'the support agent''s immutable user id, the token''s sub claim';
COMMENT ON COLUMN support_case.order_id IS 'what the case is about, as invoice_id and license_id: the customer''s own';
CREATE TRIGGER bump_version BEFORE UPDATE ON support_case FOR EACH ROW EXECUTE FUNCTION bump_version();

CREATE TABLE case_message (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES support_case,
    author text NOT NULL CHECK (author IN ('CUSTOMER', 'SUPPORT')),
    author_id uuid NOT NULL,
    body text NOT NULL CHECK (length(body) BETWEEN 1 AND 10000),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE case_message IS 'append-only: the application may neither change nor delete a row';
COMMENT ON COLUMN case_message.author_id IS 'of a customer the app_user, of support the token''s sub claim';
CREATE INDEX case_message_page ON case_message (case_id, created_at, id);

CREATE TABLE case_event (
    case_id uuid NOT NULL REFERENCES support_case,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    field text NOT NULL,
    value text,
    actor text NOT NULL,
    PRIMARY KEY (case_id, at, field)
);
COMMENT ON TABLE case_event IS 'append-only: each change of a case, for support alone';
COMMENT ON COLUMN case_event.actor IS '''customer <app_user>'' or ''support <subject>''';

GRANT SELECT, INSERT, UPDATE ON support_case TO cloudsales_app;
GRANT SELECT, INSERT ON case_message, case_event TO cloudsales_app;
"""

_OF_THE_CASE = "(SELECT c.customer_id FROM support_case c WHERE c.id = case_id) = {customer}"
PROTECTED = {
    "support_case": ("customer_id = {customer}", "SELECT, INSERT, UPDATE (status)"),
    "case_message": (_OF_THE_CASE, "SELECT, INSERT"),
    "case_event": (_OF_THE_CASE, "INSERT"),
}

_OF_THE_PAYLOAD = "(SELECT b.customer_id FROM outbox b WHERE b.path = {table}.path) = {{customer}}"
SHOWN = {
    "inbox": (_OF_THE_PAYLOAD.format(table="inbox"), "SELECT, UPDATE (outcome, finished_at, lease_until)"),
    "email_ledger": (_OF_THE_PAYLOAD.format(table="email_ledger"), "SELECT"),
    "mail_event": (
        """EXISTS (
            SELECT FROM email_ledger l
            WHERE l.attempt_id = mail_event.attempt_id OR l.earlier_attempts @> ARRAY[mail_event.attempt_id]
        )""",
        "SELECT",
    ),
    "mail_copy": ("(SELECT i.customer_id FROM invoice i WHERE i.id = invoice_id) = {customer}", "SELECT, INSERT"),
    "mail_suppression": (
        """EXISTS (
            SELECT FROM customer c
            WHERE encode(sha256(convert_to(lower(btrim(c.email)), 'UTF8')), 'hex') = recipient_sha256
        )""",
        "SELECT",
    ),
}
"""What a customer's own wish for a document or its mail has to know and leave behind: a mail that failed is marked as
replaced, and a document that S3 has forgotten is handed over to be printed again."""
PRINTED_AGAIN = "GRANT UPDATE (consumed_at, due_at, attempts) ON outbox TO cloudsales_tenant;\n"
NOT_AGAIN = "REVOKE UPDATE (consumed_at, due_at, attempts) ON outbox FROM cloudsales_tenant;\n"

COPIES = """
COMMENT ON TABLE mail_copy IS 'mails that were sent again; the first mail of a document counts as number 1';
COMMENT ON COLUMN mail_copy.subject IS 'who asked, operator or customer: the immutable user id, the token''s sub claim';
"""

DOWNGRADE = """
DROP TABLE case_event, case_message, support_case;
COMMENT ON TABLE mail_copy IS 'mails that support has sent again; the first mail of a document counts as number 1';
COMMENT ON COLUMN mail_copy.subject IS 'the operator''s immutable user id, the token''s sub claim';
"""


def upgrade() -> None:
    op.execute(CASES + COPIES + PRINTED_AGAIN)
    op.execute("".join(protect(table, owned, tenant=tenant) for table, (owned, tenant) in PROTECTED.items()))
    op.execute("".join(show(table, owned, tenant=tenant) for table, (owned, tenant) in SHOWN.items()))


def downgrade() -> None:
    op.execute("".join(map(hide, SHOWN)))
    op.execute(NOT_AGAIN + DOWNGRADE)
