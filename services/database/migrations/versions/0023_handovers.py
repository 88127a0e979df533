"""What the team that takes over was told at each change of the writer; and mails that are for nobody's customer.

The note of an epoch is made once, by whoever is first to insert its row.
"""

from alembic import op

from services.database.tenancy import APPLICATION, protect

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_FORMER = """
ALTER TABLE writer_epoch ADD COLUMN former text;
COMMENT ON COLUMN writer_epoch.former IS 'in which the writer was before this epoch; null if that is not known';
CREATE FUNCTION former_writer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.former := OLD.region;
    RETURN NEW;
END
$$;
CREATE TRIGGER former BEFORE UPDATE OF epoch ON writer_epoch FOR EACH ROW WHEN (NEW.epoch > OLD.epoch)
    EXECUTE FUNCTION former_writer();
"""

_HANDOVER = f"""
CREATE TABLE handover (
    epoch bigint PRIMARY KEY CHECK (epoch > 1),
    note jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE handover IS 'append-only: what was told to the team that took over when the epoch had begun';
COMMENT ON COLUMN handover.note IS 'as the operators'' API answers it';
GRANT SELECT, INSERT ON handover TO {APPLICATION};
GRANT EXECUTE ON FUNCTION unfinished_work() TO {APPLICATION};
"""

_OUR_OWN_MAILS = """
ALTER TABLE outbox ALTER COLUMN customer_id DROP NOT NULL,
    ADD CONSTRAINT outbox_of_a_customer CHECK (customer_id IS NOT NULL OR queue = 'email');
COMMENT ON COLUMN outbox.customer_id IS 'null: a mail to people of our own';
"""

_NO_MAILS_OF_OUR_OWN = """
DELETE FROM mail_event WHERE attempt_id IN (
    SELECT unnest(l.earlier_attempts || l.attempt_id) FROM email_ledger l JOIN outbox b ON b.path = l.path
    WHERE b.customer_id IS NULL
);
DELETE FROM email_ledger l USING outbox b WHERE b.path = l.path AND b.customer_id IS NULL;
DELETE FROM inbox i USING outbox b WHERE b.path = i.path AND b.customer_id IS NULL;
DELETE FROM outbox WHERE customer_id IS NULL;
ALTER TABLE outbox DROP CONSTRAINT outbox_of_a_customer, ALTER COLUMN customer_id SET NOT NULL;
"""

_NO_HANDOVER = f"""
REVOKE EXECUTE ON FUNCTION unfinished_work() FROM {APPLICATION};
DROP TABLE handover;
DROP TRIGGER former ON writer_epoch;
DROP FUNCTION former_writer();
ALTER TABLE writer_epoch DROP COLUMN former;
"""


def upgrade() -> None:
    op.execute(_FORMER + _HANDOVER + protect("handover") + _OUR_OWN_MAILS)


def downgrade() -> None:
    op.execute(_NO_MAILS_OF_OUR_OWN + _NO_HANDOVER)
