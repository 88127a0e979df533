"""Licence keys, and answers that show them, sealed: what lies in clear by now is sealed by the order service.

SQL cannot seal, so this only makes room: old rows keep their clear text until the order service's reconciler gets to
them. A release that knows nothing of this goes on writing clear text, which is sealed after it.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

UPGRADE = """
CREATE TABLE data_key (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('SEAL', 'FINGERPRINT')),
    wrapped bytea NOT NULL,
    kms_key_id text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE data_key IS 'keys that seal secrets, each wrapped by KMS under kms_key_id: of no use without it';
CREATE UNIQUE INDEX data_key_fingerprint ON data_key (kind) WHERE kind = 'FINGERPRINT';
GRANT SELECT, INSERT ON data_key TO cloudsales_app;
GRANT SELECT ON data_key TO cloudsales_tenant;

ALTER TABLE license
    ALTER COLUMN key DROP NOT NULL,
    ADD COLUMN sealed_key bytea,
    ADD COLUMN data_key_id uuid REFERENCES data_key,
    ADD COLUMN key_fingerprint bytea UNIQUE,
    ADD CONSTRAINT license_key_once CHECK (num_nonnulls(key, sealed_key) = 1),
    ADD CONSTRAINT license_key_sealed CHECK ((sealed_key IS NULL) = (data_key_id IS NULL));
COMMENT ON COLUMN license.key IS 'in clear, from an earlier release, until it is sealed';
COMMENT ON COLUMN license.sealed_key IS 'nonce, ciphertext and tag of AES-GCM, bound to the licence and its customer';
COMMENT ON COLUMN license.key_fingerprint IS 'tells equal keys without telling them; null: the key was issued before';
CREATE INDEX license_in_clear ON license (id) WHERE key IS NOT NULL;

ALTER TABLE idempotency_key
    ADD COLUMN sealed_body bytea,
    ADD COLUMN data_key_id uuid REFERENCES data_key,
    ADD CONSTRAINT idempotency_key_body_once CHECK (num_nonnulls(body, sealed_body) <= 1),
    ADD CONSTRAINT idempotency_key_body_sealed CHECK ((sealed_body IS NULL) = (data_key_id IS NULL));
COMMENT ON COLUMN idempotency_key.sealed_body IS 'an answer that shows licence keys, sealed like license.sealed_key';
CREATE INDEX idempotency_key_in_clear ON idempotency_key (order_id)
    WHERE route = 'POST /create-order' AND status = 201 AND body IS NOT NULL;
"""

_PAYLOADS_WITHOUT_KEYS = """
WITH of_version_1 AS (
    SELECT path, body::jsonb AS payload FROM outbox
    WHERE queue = 'invoice' AND body LIKE '%"licenseKeys"%' AND body::jsonb -> 'metadata' ->> 'manifestVersion' = '1'
), of_version_2 AS (
    SELECT path, jsonb_set(
        payload - 'licenseKeys' || jsonb_build_object(
            'licenseIds', jsonb_path_query_array(payload, '$.licenseKeys[*].id')
        ), '{metadata,manifestVersion}', '2'
    )::text AS body FROM of_version_1
)
UPDATE outbox SET body = new.body, sha256 = encode(sha256(convert_to(new.body, 'UTF8')), 'hex'),
    length = octet_length(convert_to(new.body, 'UTF8'))
FROM of_version_2 new WHERE new.path = outbox.path;
"""
"""Orders' payloads of version 1 named the keys. S3 forgets them after 30 days; until then one that is asked for anew is
found to differ from the outbox, and written anew from there."""

DOWNGRADE = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM license WHERE sealed_key IS NOT NULL)
        OR EXISTS (SELECT FROM idempotency_key WHERE sealed_body IS NOT NULL) THEN
        RAISE EXCEPTION 'licence keys are sealed, SQL cannot open them, and the schema before cannot hold them';
    END IF;
END
$$;
DROP INDEX idempotency_key_in_clear, license_in_clear;
ALTER TABLE idempotency_key DROP COLUMN data_key_id, DROP COLUMN sealed_body;
ALTER TABLE license
    DROP COLUMN key_fingerprint, DROP COLUMN data_key_id, DROP COLUMN sealed_key, ALTER COLUMN key SET NOT NULL;
DROP TABLE data_key;
"""


def upgrade() -> None:
    op.execute(UPGRADE)
    op.execute(_PAYLOADS_WITHOUT_KEYS)


def downgrade() -> None:
    op.execute(DOWNGRADE)
