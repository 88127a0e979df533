"""Signing in: how often somebody may still guess, and the codes with which a new password is chosen."""

from alembic import op

from services.database.tenancy import APPLICATION, protect

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

UPGRADE = f"""
CREATE TABLE throttle (
    key bytea PRIMARY KEY CHECK (length(key) = 32),
    used_until timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE throttle IS 'attempts, by whom they come from and whom they are about; a row of the past says nothing';
COMMENT ON COLUMN throttle.key IS 'hash of the limit''s name with a network or e-mail address, which need not be kept';
COMMENT ON COLUMN throttle.used_until IS 'when all attempts are free again; each attempt moves it by its interval';
CREATE INDEX throttle_used_until ON throttle (used_until);

CREATE TABLE password_reset (
    subject uuid PRIMARY KEY,
    code_sha256 bytea NOT NULL CHECK (length(code_sha256) = 32),
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE password_reset IS 'one code a person: a new one replaces it, its use and its expiry remove it';
CREATE INDEX password_reset_expires_at ON password_reset (expires_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON throttle, password_reset TO {APPLICATION};
"""

DOWNGRADE = """
DROP TABLE password_reset, throttle;
"""


def upgrade() -> None:
    op.execute(UPGRADE + protect("throttle") + protect("password_reset"))


def downgrade() -> None:
    op.execute(DOWNGRADE)
