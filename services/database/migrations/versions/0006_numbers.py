"""Credit notes in series of their own, and the addresses that no mail may go to any more."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UPGRADE = """
ALTER TABLE invoice_series
    ADD COLUMN kind text NOT NULL DEFAULT 'INVOICE' CHECK (kind IN ('INVOICE', 'CREDIT_NOTE'));

ALTER TABLE legal_entity ADD CONSTRAINT legal_entity_leaves_c_to_credit_notes CHECK (invoice_series !~ 'C$');

ALTER TABLE invoice
    ADD COLUMN kind text NOT NULL DEFAULT 'INVOICE' CHECK (kind IN ('INVOICE', 'CREDIT_NOTE')),
    ADD COLUMN corrects_id uuid REFERENCES invoice,
    ADD COLUMN request_id uuid UNIQUE,
    ADD CONSTRAINT invoice_credit_note_corrects CHECK
        ((kind = 'CREDIT_NOTE') = (corrects_id IS NOT NULL) AND (kind = 'CREDIT_NOTE') = (request_id IS NOT NULL)),
    ADD CONSTRAINT invoice_amount_positive CHECK (amount >= 0);
COMMENT ON COLUMN invoice.corrects_id IS 'the invoice that a credit note takes back, whole or in part';
COMMENT ON COLUMN invoice.request_id IS 'whoever asked for a credit note asks again with the same id';
CREATE INDEX ON invoice (corrects_id) WHERE corrects_id IS NOT NULL;

ALTER TABLE invoice_line ADD COLUMN position integer NOT NULL DEFAULT 1 CHECK (position > 0);
ALTER TABLE invoice_line ADD UNIQUE (invoice_id, position);
DROP INDEX invoice_line_invoice_id_idx;

CREATE TABLE mail_suppression (
    recipient_sha256 char(64) PRIMARY KEY,
    cause text NOT NULL CHECK (cause IN ('Bounce', 'Complaint')),
    message_id text NOT NULL,
    at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN mail_suppression.at IS 'when the mail provider reported it';

GRANT SELECT, INSERT ON mail_suppression TO cloudsales_app;
"""

DOWNGRADE = """
DROP TABLE mail_suppression;
CREATE INDEX ON invoice_line (invoice_id);
ALTER TABLE invoice_line DROP COLUMN position;
ALTER TABLE invoice DROP CONSTRAINT invoice_amount_positive, DROP COLUMN kind, DROP COLUMN corrects_id,
    DROP COLUMN request_id;
ALTER TABLE legal_entity DROP CONSTRAINT legal_entity_leaves_c_to_credit_notes;
ALTER TABLE invoice_series DROP COLUMN kind;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
