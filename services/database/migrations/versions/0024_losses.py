"""What an epoch that began with the loss of a region leaves to be found: orders, numbers, mails; and closed series.

The loss is written down, and every series of numbers closed, in the transaction that begins the epoch: from then on no
number is given of which the lost writer may have given another one.
"""

from alembic import op

from services.database.tenancy import APPLICATION, protect

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_LOSSES = f"""
CREATE TABLE writer_loss (
    epoch bigint PRIMARY KEY,
    region text NOT NULL,
    began_at timestamptz NOT NULL,
    copied_until timestamptz,
    read_regions text[] NOT NULL DEFAULT '{{}}',
    searched_at timestamptz,
    due_at timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE writer_loss IS 'a row for each epoch that began with a loss';
COMMENT ON COLUMN writer_loss.region IS 'whose writer was given up';
COMMENT ON COLUMN writer_loss.copied_until IS 'the last commit of the lost writer that was copied; null: not known';
COMMENT ON COLUMN writer_loss.read_regions IS 'whose buckets were searched';
COMMENT ON COLUMN writer_loss.searched_at IS 'when all of them were; until then nobody knows what was given out';
COMMENT ON COLUMN writer_loss.due_at IS 'when the search goes on, or may be taken over from a process that died';

CREATE TABLE lost_number (
    series text NOT NULL,
    number integer NOT NULL CHECK (number > 0),
    order_id uuid NOT NULL,
    request_id uuid,
    epoch bigint NOT NULL REFERENCES writer_loss,
    region text NOT NULL,
    witnessed_at timestamptz NOT NULL,
    document text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (series, number, order_id)
);
COMMENT ON TABLE lost_number IS 'numbers with a witness in S3 that the database did not know as that order''s';
COMMENT ON COLUMN lost_number.order_id IS 'as the witness has it: there may be no such order';
COMMENT ON COLUMN lost_number.region IS 'in whose bucket the witness is';
COMMENT ON COLUMN lost_number.document IS 'the payload that the document was printed from; null: S3 has none';
CREATE INDEX lost_number_order ON lost_number (order_id);

CREATE TABLE lost_mail (
    path text PRIMARY KEY,
    order_id uuid NOT NULL,
    epoch bigint NOT NULL REFERENCES writer_loss,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE lost_mail IS 'mails that were handed over; the ledger does not know whether they were sent';

CREATE TABLE lost_order (
    order_id uuid PRIMARY KEY,
    epoch bigint NOT NULL REFERENCES writer_loss,
    found_in text NOT NULL CHECK (found_in IN ('CCP', 'S3')),
    outcome text CHECK (outcome IN ('RESTORED', 'PARKED', 'UNPLACED')),
    reason text,
    settled_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((outcome IS NULL) = (settled_at IS NULL))
);
COMMENT ON TABLE lost_order IS 'orders that somebody else knows, and the database did not after a loss';
COMMENT ON COLUMN lost_order.outcome IS 'UNPLACED: no order could be made of it, a person has to; null: not tried yet';
CREATE INDEX lost_order_open ON lost_order (created_at) WHERE outcome IS NULL;

ALTER TABLE invoice_series
    ADD COLUMN closed_at timestamptz,
    ADD COLUMN closed_by bigint REFERENCES writer_loss,
    ADD COLUMN last_witnessed integer;
COMMENT ON COLUMN invoice_series.closed_by IS 'the epoch that began with a loss: a closed series gives no number';
COMMENT ON COLUMN invoice_series.last_witnessed IS 'the largest number with a witness in S3, as found after the loss';

GRANT SELECT, INSERT, UPDATE ON writer_loss, lost_number, lost_mail, lost_order TO {APPLICATION};
"""

_REMEMBER = """
CREATE FUNCTION remember_loss() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO writer_loss (epoch, region, began_at, copied_until)
    VALUES (NEW.epoch, NEW.lost, NEW.since, pg_last_xact_replay_timestamp());
    UPDATE invoice_series SET closed_at = NEW.since, closed_by = NEW.epoch, updated_at = now() WHERE closed_at IS NULL;
    UPDATE ccp_comparison SET due_at = now(), updated_at = now();
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION remember_loss() FROM PUBLIC;
CREATE TRIGGER remember_loss AFTER UPDATE ON writer_epoch FOR EACH ROW
    WHEN (NEW.epoch > OLD.epoch AND NEW.lost IS NOT NULL) EXECUTE FUNCTION remember_loss();
"""

DOWNGRADE = """
DROP TRIGGER remember_loss ON writer_epoch;
DROP FUNCTION remember_loss();
ALTER TABLE invoice_series DROP COLUMN last_witnessed, DROP COLUMN closed_by, DROP COLUMN closed_at;
DROP TABLE lost_order, lost_mail, lost_number, writer_loss;
"""


def upgrade() -> None:
    op.execute(_LOSSES + _REMEMBER + "".join(map(protect, ("lost_number", "lost_mail", "lost_order"))))


def downgrade() -> None:
    op.execute(DOWNGRADE)
