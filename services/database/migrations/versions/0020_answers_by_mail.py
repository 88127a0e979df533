"""Answers by mail: the token of a case's address, and what became of each mail that came in."""

from alembic import op

from services.database.tenancy import APPLICATION, protect

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

UPGRADE = f"""
ALTER TABLE support_case ADD COLUMN reply_token text NOT NULL UNIQUE DEFAULT replace(gen_random_uuid()::text, '-', '');
COMMENT ON COLUMN support_case.reply_token IS 'part of the address that the case takes mail under; not to be guessed';
COMMENT ON COLUMN case_event.actor IS '''customer <app_user>'', ''support <subject>'' or, of a refused mail, ''mail''';

CREATE TABLE inbound_mail (
    path text PRIMARY KEY,
    outcome text NOT NULL CHECK (outcome IN ('ADDED', 'PARKED', 'DROPPED')),
    reason text,
    case_id uuid REFERENCES support_case,
    case_message_id uuid UNIQUE REFERENCES case_message,
    identity text CHECK (identity ~ '^[0-9a-f]{{64}}$'),
    at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT inbound_mail_added CHECK ((outcome = 'ADDED') = (case_message_id IS NOT NULL)),
    CONSTRAINT inbound_mail_reason CHECK ((outcome = 'ADDED') = (reason IS NULL)),
    CONSTRAINT inbound_mail_whose CHECK (outcome <> 'ADDED' OR (case_id IS NOT NULL AND identity IS NOT NULL))
);
COMMENT ON TABLE inbound_mail IS 'append-only: each mail that came in, once; its text lies in S3 for some days';
COMMENT ON COLUMN inbound_mail.path IS 'key of the object that SES made for it';
COMMENT ON COLUMN inbound_mail.identity IS 'hash of its Message-ID: a mail that was delivered twice has one';
CREATE UNIQUE INDEX inbound_mail_once ON inbound_mail (case_id, identity) WHERE outcome = 'ADDED';
CREATE INDEX inbound_mail_case ON inbound_mail (case_id, at);
CREATE INDEX inbound_mail_parked ON inbound_mail (at) WHERE outcome = 'PARKED';

GRANT SELECT, INSERT ON inbound_mail TO {APPLICATION};
"""

DOWNGRADE = """
DROP TABLE inbound_mail;
ALTER TABLE support_case DROP COLUMN reply_token;
COMMENT ON COLUMN case_event.actor IS '''customer <app_user>'' or ''support <subject>''';
"""


def upgrade() -> None:
    op.execute(UPGRADE + protect("inbound_mail"))


def downgrade() -> None:
    op.execute(DOWNGRADE)
