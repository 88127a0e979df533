"""Which epoch of the database's writer this is, and what it admits: one row, which the controller alone changes.

The controller's role is made by `bootstrap.sql`. The services read the row at the start of each transaction, and
the table's lock that this leaves until the end is how the controller counts them.
"""

from alembic import op

from services.database.tenancy import APPLICATION, CONTROLLER

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_TABLE = f"""
CREATE TABLE writer_epoch (
    alone boolean PRIMARY KEY DEFAULT true CHECK (alone),
    epoch bigint NOT NULL CHECK (epoch > 0),
    region text,
    lost text,
    admission text NOT NULL CHECK (admission IN ('open', 'draining', 'closed')),
    since timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    changed_by text NOT NULL
);
COMMENT ON TABLE writer_epoch IS 'one row; each change of the writer begins an epoch';
COMMENT ON COLUMN writer_epoch.region IS 'in which the writer is; null before it was ever moved';
COMMENT ON COLUMN writer_epoch.lost IS 'the region whose loss began the epoch; null: it handed over';
COMMENT ON COLUMN writer_epoch.admission IS 'draining: only what has begun is recorded; closed: nothing is';
COMMENT ON COLUMN writer_epoch.since IS 'when the epoch began';
INSERT INTO writer_epoch (epoch, admission, changed_by) VALUES (1, 'open', 'revision 0022');
GRANT SELECT ON writer_epoch TO {APPLICATION}, {CONTROLLER};
"""  # noqa: S608 - constants

_ADMIT = """
CREATE FUNCTION set_admission(present bigint, wanted text, who text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE writer_epoch SET admission = wanted, changed_at = clock_timestamp(), changed_by = who WHERE epoch = present;
    RETURN FOUND;
END
$$;
COMMENT ON FUNCTION set_admission IS 'false, and nothing is changed, if the epoch is another one than the caller knows';
"""

_BEGIN = """
CREATE FUNCTION begin_epoch(present bigint, place text, who text, without text DEFAULT NULL) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE writer_epoch SET epoch = present + 1, region = place, lost = without, admission = 'open',
        since = clock_timestamp(), changed_at = clock_timestamp(), changed_by = who
    WHERE epoch = present RETURNING epoch
$$;
COMMENT ON FUNCTION begin_epoch IS
    'called on the new writer, and told of a region that is lost; null if the epoch is not the present one';
"""

_UNFINISHED = """
CREATE FUNCTION unfinished_work(OUT ccp_calls bigint, OUT transactions bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT
        (SELECT count(*) FROM sales_order
            WHERE state = 'RESERVED' AND leased_until > clock_timestamp() AND NOT ccp_waiting)
        + (SELECT count(*) FROM licence_change WHERE state = 'RESERVED'
            AND leased_until BETWEEN clock_timestamp() AND clock_timestamp() + interval '30 seconds'),
        (SELECT count(DISTINCT pid) FROM pg_locks
            WHERE relation = 'writer_epoch'::regclass AND pid <> pg_backend_pid()
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
$$;
COMMENT ON FUNCTION unfinished_work IS
    'calls of the CCP without an outcome, at most (a change that waits looks the same), and transactions under way';
"""

_FUNCTIONS = ("set_admission(bigint, text, text)", "begin_epoch(bigint, text, text, text)", "unfinished_work()")


def upgrade() -> None:
    op.execute(_TABLE + _ADMIT + _BEGIN + _UNFINISHED)
    for function in _FUNCTIONS:
        op.execute(
            f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC; GRANT EXECUTE ON FUNCTION {function} TO {CONTROLLER}"
        )


def downgrade() -> None:
    op.execute(f"DROP FUNCTION {', '.join(_FUNCTIONS)}; DROP TABLE writer_epoch;")
