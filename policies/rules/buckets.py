"""S3 buckets: private, and encrypted under a key of our own."""

from collections.abc import Callable, Iterator
from typing import Any

from policies.examples import sample
from policies.model import Resource, Stack
from policies.places import is_own_key, place_of
from policies.reading import listed, mapping
from policies.registry import RULES

BUCKET = "aws:s3/bucket:Bucket"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"

_KEY = "arn:aws:kms:eu-west-1:111122223333:key/1"
_BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


def _bucket(name: str = "payloads") -> Resource:
    return sample(BUCKET, {"bucket": name}, name)


def _block(**changed: Any) -> Resource:
    return sample(BLOCK, {"bucket": "payloads", **dict.fromkeys(_BLOCKS, True), **changed})


def _encryption(algorithm: str = "aws:kms", key: str = _KEY, *, bucket_key: bool = True) -> Resource:
    default = {"sseAlgorithm": algorithm, "kmsMasterKeyId": key}
    rule = {"applyServerSideEncryptionByDefault": default, "bucketKeyEnabled": bucket_key}
    return sample(ENCRYPTION, {"bucket": "payloads", "rules": [rule]})


def guarded(
    stack: Stack, side_type: str, lack: str, check: Callable[[Resource], Iterator[str]]
) -> Iterator[tuple[Resource, str]]:
    """Each bucket without a side resource of that type, and whatever the check finds wrong about those that exist."""
    sides = list(stack.of_type(side_type))
    covered = {side.text("bucket") for side in sides}
    for bucket in stack.of_type(BUCKET):
        if bucket.text("bucket") not in covered:
            yield bucket, f"bucket {bucket.name!r} {lack}"
    for side in sides:
        for wrong in check(side):
            yield side, f"{side.name!r} {wrong}"


@RULES.stack_rule(
    name="s3-public-access-block",
    types=(BUCKET, BLOCK),
    why="One careless ACL or policy would otherwise put customers' invoices on the open internet.",
    remedy="give the bucket a BucketPublicAccessBlock in the same stack with all four switches on.",
    source="CKV_AWS_53..56, CKV2_AWS_6",
    accepts=([_bucket(), _block()],),
    rejects={
        "has no public access block": [_bucket("other"), _block()],
        "bucket 'second' has no public access block": [
            sample("aws:s3/bucketV2:BucketV2", {"bucket": "second"}, "second"),
            _block(),
        ],
        "leaves blockPublicAcls off": [_bucket(), _block(blockPublicAcls=None)],
        "leaves restrictPublicBuckets off": [_bucket(), _block(restrictPublicBuckets=False)],
    },
)
def public_access_is_blocked(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Every bucket has a block with all four switches on."""

    def check(block: Resource) -> Iterator[str]:
        for switch in _BLOCKS:
            if block.properties.get(switch) is not True:
                yield f"leaves {switch} off"

    return guarded(stack, BLOCK, "has no public access block", check)


@RULES.stack_rule(
    name="s3-kms",
    types=(BUCKET, ENCRYPTION),
    why="Only a key of our own can be withdrawn, audited and kept from other accounts; a bucket key keeps it cheap.",
    remedy="set sseAlgorithm aws:kms, kmsMasterKeyId to the bucket's own key and bucketKeyEnabled true.",
    source="CKV_AWS_145, CKV_AWS_19",
    accepts=([_bucket(), _encryption()],),
    rejects={
        "has no encryption configuration": [_bucket()],
        "encrypts with 'AES256'": [_bucket(), _encryption("AES256")],
        "names no key of its own": [_bucket(), _encryption(key="")],
        "'example' names no key of its own": [_bucket(), _encryption(key="alias/aws/s3")],
        "has the bucket key off": [_bucket(), _encryption(bucket_key=False)],
        "has no rule": [_bucket(), sample(ENCRYPTION, {"bucket": "payloads", "rules": []})],
    },
)
def encrypted_under_an_own_key(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Every bucket encrypts with KMS under a named key."""

    def check(configuration: Resource) -> Iterator[str]:
        rules = listed(configuration.properties.get("rules"))
        if not rules:
            yield "has no rule"
        for rule in map(mapping, rules):
            default = mapping(rule.get("applyServerSideEncryptionByDefault"))
            if default.get("sseAlgorithm") not in ("aws:kms", "aws:kms:dsse"):
                yield f"encrypts with {default.get('sseAlgorithm')!r}"
            if not is_own_key(default.get("kmsMasterKeyId"), place_of(configuration)):
                yield "names no key of its own"
            if rule.get("bucketKeyEnabled") is not True:
                yield "has the bucket key off"

    return guarded(stack, ENCRYPTION, "has no encryption configuration", check)
