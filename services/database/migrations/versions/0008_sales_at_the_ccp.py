"""Invoice totals of any currency, the check that the CCP still has what it has sold, and the pause that it asks for."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

UPGRADE = """
ALTER TABLE invoice ALTER COLUMN amount TYPE numeric(19, 4);

ALTER TABLE sales_order
    ADD COLUMN ccp_void integer NOT NULL DEFAULT 0 CHECK (ccp_void >= 0),
    ADD COLUMN ccp_check_at timestamptz NOT NULL DEFAULT now() + interval '1 hour';
COMMENT ON COLUMN sales_order.ccp_void IS 'sales for which it was parked: once cancelled, a restart orders anew';
COMMENT ON COLUMN sales_order.ccp_check_at IS 'when the CCP is asked whether it still has the sale; infinity: no more';
COMMENT ON COLUMN sales_order.purchase_price IS 'of an item: as the catalogue had it, once sold as the CCP charges';
CREATE INDEX sales_order_ccp_check ON sales_order (ccp_check_at) WHERE ccp_transaction_id IS NOT NULL;

ALTER TABLE ccp_discrepancy
    DROP CONSTRAINT ccp_discrepancy_kind_check,
    ADD CONSTRAINT ccp_discrepancy_kind_check
        CHECK (kind IN ('UNSETTLED', 'MATCHED', 'ORPHAN', 'PARKED', 'REFUSED', 'DOUBLE', 'LOST'));
COMMENT ON TABLE ccp_discrepancy IS 'sales that the CCP has and no order of ours, or the other way round, when seen';

CREATE TABLE ccp_pause (
    ccp text PRIMARY KEY,
    until timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN ccp_pause.until IS 'the CCP has asked not to be called before';
GRANT SELECT, INSERT, UPDATE ON ccp_pause TO cloudsales_app;
"""

DOWNGRADE = """
DROP TABLE ccp_pause;
DELETE FROM ccp_discrepancy WHERE kind = 'LOST';
ALTER TABLE ccp_discrepancy
    DROP CONSTRAINT ccp_discrepancy_kind_check,
    ADD CONSTRAINT ccp_discrepancy_kind_check
        CHECK (kind IN ('UNSETTLED', 'MATCHED', 'ORPHAN', 'PARKED', 'REFUSED', 'DOUBLE'));
ALTER TABLE sales_order DROP COLUMN ccp_check_at, DROP COLUMN ccp_void;
ALTER TABLE invoice ALTER COLUMN amount TYPE numeric(14, 4);
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
