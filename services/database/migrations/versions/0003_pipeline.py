"""The pipeline's own tables: outbox, inbox, e-mail ledger and the evidence that SES gives."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UPGRADE = """
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    path text NOT NULL UNIQUE,
    queue text NOT NULL,
    order_id uuid NOT NULL REFERENCES sales_order,
    customer_id uuid NOT NULL REFERENCES customer,
    body text NOT NULL,
    sha256 char(64) NOT NULL,
    length integer NOT NULL CHECK (length > 0),
    attempts integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    consumed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN outbox.due_at IS 'when the relay sends it, for the first time or again because nobody consumed it';
CREATE INDEX outbox_due ON outbox (due_at) WHERE consumed_at IS NULL;

CREATE FUNCTION outbox_wake() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('outbox', '');
    RETURN NULL;
END
$$;
CREATE TRIGGER outbox_wake AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION outbox_wake();

CREATE TABLE inbox (
    consumer text NOT NULL,
    path text NOT NULL REFERENCES outbox (path),
    lease_token uuid NOT NULL,
    lease_until timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 1,
    finished_at timestamptz,
    outcome text,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, path)
);

CREATE TABLE email_ledger (
    path text PRIMARY KEY REFERENCES outbox (path),
    order_id uuid NOT NULL REFERENCES sales_order,
    recipient_sha256 char(64) NOT NULL,
    state text NOT NULL CHECK (state IN ('SENDING', 'SENT', 'UNKNOWN')),
    attempt_id uuid NOT NULL UNIQUE,
    attempts integer NOT NULL DEFAULT 1,
    sending_since timestamptz NOT NULL DEFAULT now(),
    message_id text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((state = 'SENT') = (message_id IS NOT NULL))
);

CREATE TABLE mail_event (
    attempt_id uuid NOT NULL,
    event_type text NOT NULL,
    message_id text NOT NULL,
    at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (attempt_id, event_type)
);

GRANT SELECT, INSERT, UPDATE ON outbox, inbox, email_ledger TO cloudsales_app;
GRANT SELECT, INSERT ON mail_event TO cloudsales_app;
GRANT SELECT ON alembic_version TO cloudsales_app;
"""

DOWNGRADE = """
REVOKE SELECT ON alembic_version FROM cloudsales_app;
DROP TABLE mail_event, email_ledger, inbox, outbox;
DROP FUNCTION outbox_wake();
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
