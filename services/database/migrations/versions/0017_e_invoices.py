"""E-invoices beside their PDFs, and invoice lines that say which part of their term they charge for."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

UPGRADE = """
ALTER TABLE invoice ADD COLUMN e_invoice_path text, ADD COLUMN e_invoice_sha256 text,
    ADD COLUMN e_invoice_stored_anew_at timestamptz,
    ADD CONSTRAINT invoice_e_invoice_with_hash CHECK ((e_invoice_path IS NULL) = (e_invoice_sha256 IS NULL));
COMMENT ON COLUMN invoice.e_invoice_path IS 'the structured invoice, if it is beside the PDF and not in it';

ALTER TABLE invoice_line ADD COLUMN net numeric(19, 4), ADD COLUMN charged_days integer, ADD COLUMN term_days integer,
    ADD COLUMN period_from date, ADD COLUMN period_to date,
    ADD CONSTRAINT invoice_line_days_of_term CHECK
        ((charged_days IS NULL) = (term_days IS NULL) AND charged_days BETWEEN 0 AND term_days),
    ADD CONSTRAINT invoice_line_period CHECK
        ((period_from IS NULL) = (period_to IS NULL) AND period_from <= period_to);
COMMENT ON COLUMN invoice_line.net IS 'null on lines of older releases: there it is quantity times price';
COMMENT ON COLUMN invoice_line.charged_days IS 'of the term that the price is for; null for the whole of it';
"""

DOWNGRADE = """
ALTER TABLE invoice_line DROP COLUMN net, DROP COLUMN charged_days, DROP COLUMN term_days, DROP COLUMN period_from,
    DROP COLUMN period_to;
ALTER TABLE invoice DROP COLUMN e_invoice_path, DROP COLUMN e_invoice_sha256,
    DROP COLUMN e_invoice_stored_anew_at;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
