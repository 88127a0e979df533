"""What operators need: an audit that only grows, idempotency keys of their own, each stage's last attempt, and since
when S3 keeps a payload.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UPGRADE = """
CREATE TABLE operator_action (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    subject uuid NOT NULL,
    action text NOT NULL CHECK (action IN ('restart', 'redrive', 'extend')),
    order_id uuid NOT NULL REFERENCES sales_order,
    target text NOT NULL,
    reason text CHECK (length(reason) BETWEEN 1 AND 500),
    dry_run boolean NOT NULL,
    effect text NOT NULL,
    detail text NOT NULL,
    CHECK (dry_run OR reason IS NOT NULL)
);
COMMENT ON TABLE operator_action IS 'append-only: the application may neither change nor delete a row';
COMMENT ON COLUMN operator_action.subject IS 'the operator''s immutable user id, the token''s sub claim';
COMMENT ON COLUMN operator_action.target IS 'the stage or the payload that it was about';
CREATE INDEX ON operator_action (order_id, at);
GRANT SELECT, INSERT ON operator_action TO cloudsales_app;

ALTER TABLE idempotency_key
    DROP CONSTRAINT idempotency_key_pkey,
    ALTER COLUMN customer_id DROP NOT NULL,
    ALTER COLUMN order_id DROP NOT NULL,
    ADD COLUMN operator uuid,
    ADD COLUMN scope uuid NOT NULL GENERATED ALWAYS AS (coalesce(customer_id, operator)) STORED,
    ADD CONSTRAINT idempotency_key_owner CHECK (num_nonnulls(customer_id, operator) = 1),
    ADD PRIMARY KEY (scope, route, key);
COMMENT ON COLUMN idempotency_key.operator IS 'the subject of the operator whose key it is, if it is no customer''s';

ALTER TABLE inbox ADD COLUMN claimed_at timestamptz, ADD COLUMN last_error text;
COMMENT ON COLUMN inbox.claimed_at IS 'start of the last attempt';

ALTER TABLE outbox ADD COLUMN stored_anew_at timestamptz;
ALTER TABLE invoice ADD COLUMN document_stored_anew_at timestamptz;
COMMENT ON COLUMN outbox.stored_anew_at IS 'when the object was written again; S3 counts its 30 days from then';

CREATE INDEX outbox_order ON outbox (order_id, id);
CREATE INDEX sales_order_page ON sales_order (created_at, id);
CREATE INDEX sales_order_unfinished ON sales_order (updated_at) WHERE state IN ('CONFIRMED', 'INVOICED', 'DOCUMENTED');
"""

DOWNGRADE = """
DROP INDEX sales_order_unfinished, sales_order_page, outbox_order;
ALTER TABLE invoice DROP COLUMN document_stored_anew_at;
ALTER TABLE outbox DROP COLUMN stored_anew_at;
ALTER TABLE inbox DROP COLUMN claimed_at, DROP COLUMN last_error;
DELETE FROM idempotency_key WHERE customer_id IS NULL;
ALTER TABLE idempotency_key
    DROP CONSTRAINT idempotency_key_pkey,
    DROP COLUMN scope,
    DROP COLUMN operator,
    ALTER COLUMN order_id SET NOT NULL,
    ADD PRIMARY KEY (customer_id, route, key);
DROP TABLE operator_action;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
