"""A mail in the place of one that failed, and indexes that find what is parked or stopped among what is done."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

UPGRADE = """
ALTER TABLE mail_copy ADD COLUMN replaces text UNIQUE REFERENCES outbox (path);
COMMENT ON COLUMN mail_copy.replaces IS 'the mail that failed and is never sent: this one finishes its order instead';

CREATE INDEX sales_order_parked ON sales_order (created_at, id) WHERE state = 'PARKED';
CREATE INDEX email_ledger_order ON email_ledger (order_id);
CREATE INDEX inbox_stopped ON inbox (path) WHERE outcome IN ('parked', 'skipped');
"""

DOWNGRADE = """
DROP INDEX inbox_stopped, email_ledger_order, sales_order_parked;
ALTER TABLE mail_copy DROP COLUMN replaces;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
