"""In which region a payload was handed over: what it refers to in S3 lies in that region's bucket.

The services' connections say where they are (`cloudsales.region`), so that no statement has to.
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE outbox ADD COLUMN region text;
        ALTER TABLE outbox ALTER COLUMN region SET DEFAULT nullif(current_setting('cloudsales.region', true), '');
        COMMENT ON COLUMN outbox.region IS 'of AWS, of the service that handed it over; null: of nobody in particular';
        """
    )


def downgrade() -> None:
    op.execute("ALTER TABLE outbox DROP COLUMN region")
