"""What the comparison with the CCP needs: attempts of each order, where it stands in the CCP's ledger, what differs."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

UPGRADE = """
ALTER TABLE sales_order
    ADD COLUMN ccp_attempts integer NOT NULL DEFAULT 1 CHECK (ccp_attempts >= 1),
    ADD COLUMN ccp_waiting boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN sales_order.ccp_attempts IS 'from the second attempt on, the CCP is searched before it is asked';
COMMENT ON COLUMN sales_order.ccp_waiting IS 'nobody asks the CCP now; leased_until is when the reconciler does';

CREATE TABLE ccp_comparison (
    ledger text PRIMARY KEY,
    cursor bigint NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN ccp_comparison.cursor IS 'the page of the CCP''s ledger that has not been compared in full';
COMMENT ON COLUMN ccp_comparison.due_at IS 'when the next comparison starts, or may take over from one that died';

CREATE TABLE ccp_discrepancy (
    transaction_id uuid PRIMARY KEY,
    order_id uuid REFERENCES sales_order,
    reference text,
    kind text NOT NULL CHECK (kind IN ('UNSETTLED', 'MATCHED', 'ORPHAN', 'PARKED', 'REFUSED', 'DOUBLE')),
    cancel_at timestamptz,
    cancelled_at timestamptz,
    refusal text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK (cancel_at IS NULL OR kind IN ('REFUSED', 'DOUBLE')),
    CHECK (cancel_at IS NULL OR cancelled_at IS NULL)
);
COMMENT ON TABLE ccp_discrepancy IS 'sales in the CCP''s ledger that were not the sale of one of our orders when seen';
COMMENT ON COLUMN ccp_discrepancy.cancel_at IS 'when its cancellation is tried next';
COMMENT ON COLUMN ccp_discrepancy.refusal IS 'why the CCP did not cancel it: a person has to';
CREATE INDEX ccp_discrepancy_order ON ccp_discrepancy (order_id);
CREATE INDEX ccp_discrepancy_due ON ccp_discrepancy (cancel_at) WHERE cancel_at IS NOT NULL;

GRANT SELECT, INSERT, UPDATE ON ccp_comparison, ccp_discrepancy TO cloudsales_app;
"""

DOWNGRADE = """
DROP TABLE ccp_discrepancy, ccp_comparison;
ALTER TABLE sales_order DROP COLUMN ccp_waiting, DROP COLUMN ccp_attempts;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
