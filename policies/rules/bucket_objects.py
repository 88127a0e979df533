"""What lies in a bucket is ours, and an overwritten payload can be read once more."""

from collections.abc import Iterator

from policies.examples import sample
from policies.model import Resource, Stack
from policies.reading import mapping
from policies.registry import RULES
from policies.rules.buckets import BUCKET, guarded

OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"


def _bucket(name: str = "payloads") -> Resource:
    return sample(BUCKET, {"bucket": name}, name)


def _ownership(rule: object = "BucketOwnerEnforced") -> Resource:
    return sample(OWNERSHIP, {"bucket": "payloads", "rule": {"objectOwnership": rule}}, "payloads")


def _versioning(status: object = "Enabled") -> Resource:
    return sample(VERSIONING, {"bucket": "payloads", "versioningConfiguration": {"status": status}}, "payloads")


@RULES.stack_rule(
    name="s3-owner-enforced",
    types=(BUCKET, OWNERSHIP),
    why="With ACLs whoever lays an object into the bucket owns it, and may keep us from reading or deleting it, or "
    "give it to others past the bucket's policy.",
    remedy="declare BucketOwnershipControls with rule.objectOwnership BucketOwnerEnforced (infra.bucket).",
    source="CKV2_AWS_65; S3 user guide, controlling ownership of objects",
    accepts=([_bucket(), _ownership()],),
    rejects={
        "bucket 'payloads' does not say whose its objects are": [_bucket()],
        "'other' does not say whose": [_bucket("other"), _ownership()],
        "'payloads' leaves objects to whoever laid them": [_bucket(), _ownership("ObjectWriter")],
        "leaves objects to whoever": [_bucket(), _ownership(None)],
    },
)
def objects_are_ours(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Every bucket owns its objects, and knows no ACLs."""

    def check(controls: Resource) -> Iterator[str]:
        if mapping(controls.properties.get("rule")).get("objectOwnership") != "BucketOwnerEnforced":
            yield "leaves objects to whoever laid them there"

    return guarded(stack, OWNERSHIP, "does not say whose its objects are", check)


@RULES.stack_rule(
    name="s3-versioned",
    types=(BUCKET, VERSIONING),
    why="A message names a payload by its key: overwritten or deleted by a fault, it is another order's, or none. The "
    "version before lives on for a day (payload-expiry-30d).",
    remedy="declare BucketVersioning with versioningConfiguration.status Enabled (infra.bucket).",
    source="CKV_AWS_21; S3 user guide, versioning",
    accepts=([_bucket(), _versioning()],),
    rejects={
        "bucket 'payloads' keeps no versions": [_bucket()],
        "'payloads' has its versions 'Suspended'": [_bucket(), _versioning("Suspended")],
        "has its versions None": [_bucket(), _versioning(None)],
    },
)
def the_version_before_is_kept(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Every bucket keeps what is overwritten for a while."""

    def check(versioning: Resource) -> Iterator[str]:
        status = mapping(versioning.properties.get("versioningConfiguration")).get("status")
        if status != "Enabled":
            yield f"has its versions {status!r}"

    return guarded(stack, VERSIONING, "keeps no versions", check)
