"""Who moved an order, mails that support sends again, and operators' actions that are about no order."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

UPGRADE = """
ALTER TABLE order_event ADD COLUMN actor text;
ALTER TABLE order_event ALTER COLUMN actor SET DEFAULT current_setting('application_name');
COMMENT ON COLUMN order_event.actor IS 'the service that wrote it, or ''operator <subject>''; null in older rows';

ALTER TABLE operator_action
    ALTER COLUMN order_id DROP NOT NULL,
    DROP CONSTRAINT operator_action_action_check,
    ADD CONSTRAINT operator_action_action_check CHECK
        (action IN ('restart', 'redrive', 'extend', 'resend', 'discard'));
COMMENT ON COLUMN operator_action.order_id IS 'none for a dead letter of no order, and where no order was chosen';

CREATE TABLE mail_copy (
    path text PRIMARY KEY REFERENCES outbox (path),
    invoice_id uuid NOT NULL REFERENCES invoice,
    number integer NOT NULL CHECK (number > 1),
    subject uuid NOT NULL,
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (invoice_id, number)
);
COMMENT ON TABLE mail_copy IS 'mails that support has sent again; the first mail of a document counts as number 1';
COMMENT ON COLUMN mail_copy.subject IS 'the operator''s immutable user id, the token''s sub claim';
GRANT SELECT, INSERT ON mail_copy TO cloudsales_app;
"""

DOWNGRADE = """
DROP TABLE mail_copy;
DELETE FROM operator_action WHERE order_id IS NULL OR action IN ('resend', 'discard');
ALTER TABLE operator_action
    DROP CONSTRAINT operator_action_action_check,
    ADD CONSTRAINT operator_action_action_check CHECK (action IN ('restart', 'redrive', 'extend')),
    ALTER COLUMN order_id SET NOT NULL;
ALTER TABLE order_event DROP COLUMN actor;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
