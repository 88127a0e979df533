"""What a resource itself says about who may use it: past that, no role of ours is asked."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.conditions import bound
from policies.examples import sample
from policies.model import Resource
from policies.reading import listed, mapping, stated_in, statements
from policies.registry import RULES
from policies.rules.bucket_policies import POLICY
from policies.rules.buckets import BUCKET

PERMISSION = "aws:lambda/permission:Permission"
ADDRESS = "aws:lambda/functionUrl:FunctionUrl"
ACL = "aws:s3/bucketAcl:BucketAcl"
ENTRY_POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy"

_DOCUMENTS = {
    POLICY: "policy",
    BUCKET: "policy",
    ENTRY_POLICY: "policy",
    "aws:dynamodb/resourcePolicy:ResourcePolicy": "policy",
    "aws:ecr/registryPolicy:RegistryPolicy": "policy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
}
"""By type: the property with the policy."""

_ON_BEHALF = frozenset(
    {f"aws:{key}" for key in ("sourcearn", "sourceaccount", "sourceorgid", "principalorgid", "principalarn")}
)
_PRIVATE = ("", "private", "log-delivery-write")

_BUCKET = "arn:aws:s3:::payloads/*"
_ROLE = {"AWS": "arn:aws:iam::111122223333:role/order"}
_OURS = {"StringEquals": {"aws:SourceAccount": "111122223333"}}


def _policy(principal: object, condition: object = None, kind: str = POLICY, **more: Any) -> Resource:
    allowed = {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": _BUCKET}
    return sample(kind, {"policy": {"Statement": [{**allowed, "Condition": condition, **more}]}}, "payloads")


def _permission(principal: str = "sns.amazonaws.com", **more: Any) -> Resource:
    return sample(PERMISSION, {"action": "lambda:InvokeFunction", "principal": principal, **more}, "sun")


@RULES.resource_rule(
    name="resource-policy-tight",
    types=(*_DOCUMENTS, PERMISSION, ADDRESS, ACL),
    why="A policy on the resource itself lets strangers in without any role of ours, and a service that acts for all "
    "accounts comes on a stranger's behalf too, unless the policy says on whose it may.",
    remedy="name the principal and each action; for a service add a Condition with aws:SourceAccount or aws:SourceArn "
    "(a Lambda Permission: sourceAccount or sourceArn); give a FunctionUrl authorizationType AWS_IAM, a bucket no acl.",
    source="CKV_AWS_70, CKV_AWS_258, CKV_AWS_364, CKV_AWS_20; IAM user guide, the confused deputy problem",
    accepts=(
        _policy(_ROLE),
        _policy({"Service": "ses.amazonaws.com"}, _OURS),
        _policy("*", Effect="Deny", Action="s3:*"),
        _permission(sourceArn="arn:aws:sns:eu-west-1:111122223333:events"),
        _permission(sourceAccount="111122223333", sourceArn="arn:aws:s3:::payloads"),
        _permission("111122223333"),
        sample(ADDRESS, {"authorizationType": "AWS_IAM"}),
        sample(BUCKET, {"bucket": "payloads"}),
        sample(ACL, {"acl": "private"}),
    ),
    rejects={
        "BucketPolicy 'payloads' lets everybody in": _policy("*"),
        "'payloads' lets everybody in": _policy({"AWS": ["*"]}, {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*"}}),
        "SecretPolicy 'payloads' lets everybody in": _policy({"AWS": "*"}, kind=ENTRY_POLICY),
        "Bucket 'payloads' lets everybody in": _policy("*", kind=BUCKET),
        "lets everybody but a few in": _policy(None, NotPrincipal=_ROLE),
        "'payloads' lets ses.amazonaws.com act for any account": _policy({"Service": "ses.amazonaws.com"}),
        "lets ses.amazonaws.com act for any account": _policy(
            {"Service": "ses.amazonaws.com"}, {"ArnLike": {"aws:SourceArn": "*"}}
        ),
        "allows the action 's3:*'": _policy(_ROLE, Action="s3:*"),
        "allows every action but a list": _policy(_ROLE, Action=None, NotAction="s3:DeleteBucket"),
        "BucketPolicy 'payloads' holds no readable policy": sample(POLICY, {"policy": "{"}, "payloads"),
        "has a statement that neither allows": _policy("*", Effect="deny"),
        "Permission 'sun' lets everybody in": _permission("*"),
        "Permission 'sun' lets sns.amazonaws.com act for any account": _permission(),
        "lets sns.amazonaws.com act for any": _permission(sourceArn="arn:aws:sns:*:*:*"),
        "FunctionUrl 'example' answers everybody": sample(ADDRESS, {"authorizationType": "NONE"}),
        "Bucket 'example' has the acl 'public-read'": sample(BUCKET, {"acl": "public-read"}),
        "BucketAcl 'example' has the acl 'authenticated-read'": sample(ACL, {"acl": "authenticated-read"}),
    },
)
def used_by_whom_it_names(holder: Resource) -> Iterator[str]:
    """The resource lets in whom it names, and services on our behalf alone."""
    who = f"{holder.type.rpartition(':')[2]} {holder.name!r}"
    yield from (f"{who} {fault}" for fault in _faults(holder))


def _faults(holder: Resource) -> Iterator[str]:
    if holder.type == ADDRESS:
        if holder.properties.get("authorizationType") != "AWS_IAM":
            yield "answers everybody: its authorizationType is not AWS_IAM"
    elif holder.type == PERMISSION:
        yield from _too_broad(_as_statement(holder))
    elif holder.text("acl") not in _PRIVATE:
        yield f"has the acl {holder.text('acl')!r}"
    if holder.type in _DOCUMENTS:
        policy = holder.properties.get(_DOCUMENTS[holder.type])
        if not stated_in(policy) and not (holder.type == BUCKET and not policy):
            yield "holds no readable policy document"
        if any(one.get("Effect") not in ("Allow", "Deny") for one in stated_in(policy)):
            yield "has a statement that neither allows nor denies"
        for statement in statements(policy, "Allow"):
            yield from _too_broad(statement)


def _as_statement(permission: Resource) -> Mapping[str, Any]:
    """The permission as what Lambda makes of it."""
    said = permission.properties
    principal = permission.text("principal")
    asked = {"aws:SourceArn": said.get("sourceArn"), "aws:SourceAccount": said.get("sourceAccount")}
    asked["aws:PrincipalOrgID"] = said.get("principalOrgId")
    condition = {"ArnLike": {key: value for key, value in asked.items() if value is not None}}
    named = {"Service" if principal.endswith(".amazonaws.com") else "AWS": principal}
    return {"Principal": named, "Action": said.get("action"), "Condition": condition}


def _too_broad(statement: Mapping[str, Any]) -> Iterator[str]:
    principal = statement.get("Principal")
    named = mapping(principal) if isinstance(principal, Mapping) else {"AWS": principal}
    if statement.get("NotPrincipal"):
        yield "lets everybody but a few in"
    if not bound(statement, _ON_BEHALF):
        if "*" in [one for kind in named for one in listed(named[kind])]:
            yield "lets everybody in"
        for service in listed(named.get("Service")):
            yield f"lets {service} act for any account"
    for action in map(str, listed(statement.get("Action"))):
        if set("*?") & set(action):
            yield f"allows the action {action!r}"
    if statement.get("NotAction"):
        yield "allows every action but a list"
