"""The e-mail ledger tells a mail that SES has refused from one on its way, and remembers every attempt of a mail; and
operators may have an invoice credited.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

UPGRADE = """
ALTER TABLE email_ledger
    DROP CONSTRAINT email_ledger_state_check,
    ADD CONSTRAINT email_ledger_state_check CHECK (state IN ('QUEUED', 'SENDING', 'SENT', 'FAILED', 'UNKNOWN')),
    ADD COLUMN reason text,
    ADD CONSTRAINT email_ledger_failure_says_why CHECK ((state = 'FAILED') = (reason IS NOT NULL)),
    ADD COLUMN earlier_attempts uuid[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN email_ledger.state IS 'QUEUED: SES has nothing of it for sure; UNKNOWN: evidence is waited for';
COMMENT ON COLUMN email_ledger.earlier_attempts IS 'events of these may still come, late';
CREATE INDEX email_ledger_earlier ON email_ledger USING gin (earlier_attempts);

ALTER TABLE operator_action
    DROP CONSTRAINT operator_action_action_check,
    ADD CONSTRAINT operator_action_action_check CHECK
        (action IN ('restart', 'redrive', 'extend', 'resend', 'discard', 'credit'));
"""

DOWNGRADE = """
DELETE FROM operator_action WHERE action = 'credit';
ALTER TABLE operator_action
    DROP CONSTRAINT operator_action_action_check,
    ADD CONSTRAINT operator_action_action_check CHECK
        (action IN ('restart', 'redrive', 'extend', 'resend', 'discard'));
UPDATE email_ledger SET state = 'UNKNOWN', reason = NULL WHERE state IN ('QUEUED', 'FAILED');
DROP INDEX email_ledger_earlier;
ALTER TABLE email_ledger
    DROP COLUMN earlier_attempts,
    DROP CONSTRAINT email_ledger_failure_says_why,
    DROP COLUMN reason,
    DROP CONSTRAINT email_ledger_state_check,
    ADD CONSTRAINT email_ledger_state_check CHECK (state IN ('SENDING', 'SENT', 'UNKNOWN'));
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
