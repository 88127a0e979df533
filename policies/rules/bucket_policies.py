"""The policies of S3 buckets: nothing of them goes over the wire in the clear."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.examples import sample
from policies.model import Resource, Stack
from policies.reading import listed, mapping, statements
from policies.registry import RULES
from policies.rules.buckets import BUCKET, guarded

POLICY = "aws:s3/bucketPolicy:BucketPolicy"

_ARN = "arn:aws:s3:::payloads"


def _bucket() -> Resource:
    return sample(BUCKET, {"bucket": "payloads"}, "payloads")


def _policy(**changed: Any) -> Resource:
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [_ARN, f"{_ARN}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return sample(POLICY, {"bucket": "payloads", "policy": {"Version": "2012-10-17", "Statement": [deny | changed]}})


@RULES.stack_rule(
    name="s3-tls-only",
    types=(BUCKET, POLICY),
    why="S3 still answers plain HTTP, where a payload and the signature that fetched it can be read on the way.",
    remedy="deny s3:* to everybody on the bucket and on bucket/* when aws:SecureTransport is false.",
    source="CKV_AWS_379",
    accepts=(
        [_bucket(), _policy()],
        [_bucket(), _policy(Principal={"AWS": ["*"]}, Action=["s3:*"])],
        [_bucket(), _policy(Action="*", Condition={"Bool": {"AWS:SecureTransport": False}})],
    ),
    rejects={
        "has no bucket policy": [_bucket()],
        "does not deny plain HTTP": [_bucket(), _policy(Effect="Allow")],
        "for everybody, every action": [_bucket(), _policy(Action="s3:GetObject")],
        "on the bucket and its objects": [_bucket(), _policy(Resource=_ARN)],
        "the bucket and its objects": [_bucket(), _policy(Resource=[f"{_ARN}-2", f"{_ARN}/*"])],
        "does not deny plain HTTP for everybody": [
            _bucket(),
            _policy(
                Condition={
                    "Bool": {"aws:SecureTransport": "false"},
                    "StringEquals": {"aws:PrincipalAccount": "111122223333"},
                }
            ),
        ],
        "not deny plain HTTP for everybody": [
            _bucket(),
            _policy(Condition={"Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "true"}}),
        ],
        "'payloads' does not deny": [
            _bucket(),
            sample(POLICY, {"bucket": "payloads", "policy": "nonsense"}, "payloads"),
        ],
    },
)
def reachable_over_tls_only(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Every bucket's policy denies requests that did not come over TLS."""

    def check(policy: Resource) -> Iterator[str]:
        denied = statements(policy.properties.get("policy"), "Deny")
        if not any(_denies_plain_http(statement, policy.text("bucket")) for statement in denied):
            yield "does not deny plain HTTP for everybody, every action, on the bucket and its objects"

    return guarded(stack, POLICY, "has no bucket policy", check)


def _denies_plain_http(statement: Mapping[str, Any], bucket: str) -> bool:
    principal = statement.get("Principal")
    everybody = listed(principal.get("AWS")) if isinstance(principal, Mapping) else listed(principal)
    targets = [str(target) for target in listed(statement.get("Resource"))]
    return (
        "*" in everybody
        and bool({"s3:*", "*"} & set(listed(statement.get("Action"))))
        and _is_plain_http(mapping(statement.get("Condition")))
        and any(target.endswith(f":::{bucket}/*") for target in targets)
        and any(target.endswith(f":::{bucket}") for target in targets)
    )


def _is_plain_http(condition: Mapping[str, Any]) -> bool:
    """Whether nothing but that is asked: whatever stands beside it leaves some plain requests alone."""
    asked = [
        (test, str(key).lower(), [str(value).lower() for value in listed(stated)])
        for test, keys in condition.items()
        for key, stated in mapping(keys).items()
    ]
    return len(condition) == 1 and asked in (
        [("Bool", "aws:securetransport", ["false"])],
        [("BoolIfExists", "aws:securetransport", ["false"])],
    )
