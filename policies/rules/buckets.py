"""S3 buckets: private, encrypted under an own key, reachable over TLS only, and empty again after 30 days."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from policies.examples import sample
from policies.model import Resource, Stack
from policies.reading import listed, mapping, statements
from policies.registry import RULES

BUCKET = "aws:s3/bucket:Bucket"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"

_BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_ARN = "arn:aws:s3:::payloads"


def _bucket(name: str = "payloads") -> Resource:
    return sample(BUCKET, {"bucket": name}, name)


def _block(**changed: Any) -> Resource:
    return sample(BLOCK, {"bucket": "payloads", **dict.fromkeys(_BLOCKS, True), **changed})


def _encryption(algorithm: str = "aws:kms", key: str = "arn:aws:kms:key", *, bucket_key: bool = True) -> Resource:
    default = {"sseAlgorithm": algorithm, "kmsMasterKeyId": key}
    rule = {"applyServerSideEncryptionByDefault": default, "bucketKeyEnabled": bucket_key}
    return sample(ENCRYPTION, {"bucket": "payloads", "rules": [rule]})


def _policy(**changed: Any) -> Resource:
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [_ARN, f"{_ARN}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return sample(POLICY, {"bucket": "payloads", "policy": {"Version": "2012-10-17", "Statement": [deny | changed]}})


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
            if not default.get("kmsMasterKeyId"):
                yield "names no key of its own"
            if rule.get("bucketKeyEnabled") is not True:
                yield "has the bucket key off"

    return guarded(stack, ENCRYPTION, "has no encryption configuration", check)


@RULES.stack_rule(
    name="s3-tls-only",
    types=(BUCKET, POLICY),
    why="S3 still answers plain HTTP, where a payload and the signature that fetched it can be read on the way.",
    remedy="deny s3:* to everybody on the bucket and on bucket/* when aws:SecureTransport is false.",
    source="CKV_AWS_379",
    accepts=([_bucket(), _policy()], [_bucket(), _policy(Principal={"AWS": ["*"]}, Action=["s3:*"])]),
    rejects={
        "has no bucket policy": [_bucket()],
        "does not deny plain HTTP": [_bucket(), _policy(Effect="Allow")],
        "for everybody, every action": [_bucket(), _policy(Action="s3:GetObject")],
        "on the bucket and its objects": [_bucket(), _policy(Resource=_ARN)],
        "'payloads' does not deny": [
            _bucket(),
            sample(POLICY, {"bucket": "payloads", "policy": "nonsense"}, "payloads"),
        ],
    },
)
def reachable_over_tls_only(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Every bucket's policy denies requests that did not come over TLS."""

    def check(policy: Resource) -> Iterator[str]:
        if not any(map(_denies_plain_http, statements(policy.properties.get("policy"), "Deny"))):
            yield "does not deny plain HTTP for everybody, every action, on the bucket and its objects"

    return guarded(stack, POLICY, "has no bucket policy", check)


def _denies_plain_http(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    everybody = listed(principal.get("AWS")) if isinstance(principal, Mapping) else listed(principal)
    secure = mapping(mapping(statement.get("Condition")).get("Bool")).get("aws:SecureTransport")
    targets = [str(target) for target in listed(statement.get("Resource"))]
    return (
        "*" in everybody
        and "s3:*" in listed(statement.get("Action"))
        and [str(value).lower() for value in listed(secure)] == ["false"]
        and any(target.endswith("/*") for target in targets)
        and any(not target.endswith("/*") for target in targets)
    )
