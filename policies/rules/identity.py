"""IAM: every grant names what may be done to what."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from policies.examples import sample
from policies.model import Resource
from policies.reading import document, listed, mapping, statements
from policies.registry import RULES

ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
POLICY = "aws:iam/policy:Policy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"

HOLDERS = (
    ROLE,
    ROLE_POLICY,
    POLICY,
    ATTACHMENT,
    "aws:iam/groupPolicy:GroupPolicy",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
)
_DOCUMENTS = (ROLE_POLICY, POLICY, "aws:iam/groupPolicy:GroupPolicy", "aws:iam/userPolicy:UserPolicy")

WITHOUT_RESOURCE = {
    "cloudwatch:GetMetricStatistics": "a metric is no resource, and there is no condition on its namespace either",
    "cloudwatch:PutMetricData": "a metric is no resource; a condition on cloudwatch:namespace is what narrows it",
    "ecr:GetAuthorizationToken": "the token is for the registry of the account, not for a repository",
    "xray:PutTelemetryRecords": "a daemon's own figures belong to no resource",
    "xray:PutTraceSegments": "a trace is made by its first segment, so there is nothing to name",
}
"""Actions that AWS can grant on every resource only (AWS service authorization reference), and why that is so."""

_QUEUE = "arn:aws:sqs:eu-west-1:111122223333:cloud-sales-eu-invoice"


def _grant(action: object, resource: object, **more: Any) -> Resource:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return sample(ROLE_POLICY, {"policy": {"Version": "2012-10-17", "Statement": statement}})


@RULES.resource_rule(
    name="iam-no-star",
    types=HOLDERS,
    why="Whoever takes over one pod gets all that its role may do; a star turns one leak into the whole account.",
    remedy="name each action and the ARN it applies to; attach no managed policy that grants a whole service.",
    source="CKV_AWS_355, CKV_AWS_62, CKV_AWS_63, CKV_AWS_274, CKV_AWS_286..290",
    accepts=(
        _grant("sqs:SendMessage", _QUEUE),
        _grant(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::payloads/*"),
        _grant("cloudwatch:PutMetricData", "*"),
        sample(
            ROLE_POLICY, {"policy": json.dumps({"Statement": [{"Effect": "Allow", "Action": "sts:GetCallerIdentity"}]})}
        ),
        _grant("sqs:*", "*", Effect="Deny"),
        sample(ROLE, {"assumeRolePolicy": {"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole"}}}),
        sample(ATTACHMENT, {"policyArn": "arn:aws:iam::111122223333:policy/read-payloads"}),
    ),
    rejects={
        "allows the action '*'": _grant("*", _QUEUE),
        "allows the action 'sqs:*'": _grant(["sqs:SendMessage", "sqs:*"], _QUEUE),
        "allows the action 's3:Get*'": _grant("s3:Get*", "arn:aws:s3:::payloads/*"),
        "on every resource": _grant("sqs:SendMessage", "*"),
        "'arn:aws:s3:::*'": _grant("s3:GetObject", "arn:aws:s3:::*"),
        "by naming what it excludes": _grant(None, _QUEUE, NotAction="iam:*"),
        "everything but a list of resources": _grant("sqs:SendMessage", None, NotResource=_QUEUE),
        "holds no readable policy document": sample(POLICY, {"policy": "{"}),
        "'example' holds no readable policy document": sample(ROLE_POLICY, {}),
        "'example' allows the action '*'": sample(
            HOLDERS[7], {"policy": json.dumps({"Statement": {"Effect": "Allow", "Action": ["*"], "Resource": _QUEUE}})}
        ),
        "attaches 'IAMFullAccess'": sample(HOLDERS[8], {"policyArn": "arn:aws:iam::aws:policy/IAMFullAccess"}),
        "'AdministratorAccess'": sample(ATTACHMENT, {"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
        "'AmazonS3FullAccess'": sample(ROLE, {"managedPolicyArns": ["arn:aws:iam::aws:policy/AmazonS3FullAccess"]}),
        "allows the action 's3:*'": sample(
            ROLE, {"inlinePolicies": [{"policy": {"Statement": {"Effect": "Allow", "Action": "s3:*"}}}]}
        ),
    },
)
def grants_are_named(holder: Resource) -> Iterator[str]:
    """No grant of the holder covers more than it names."""
    for attached in [holder.properties.get("policyArn"), *listed(holder.properties.get("managedPolicyArns"))]:
        managed = str(attached or "").rpartition("/")[2]
        if managed in ("AdministratorAccess", "PowerUserAccess") or managed.endswith("FullAccess"):
            yield f"{holder.name!r} attaches {managed!r}"
    policies = [mapping(inline).get("policy") for inline in listed(holder.properties.get("inlinePolicies"))]
    if holder.type in _DOCUMENTS:
        policies.append(holder.properties.get("policy"))
    for policy in policies:
        if not document(policy).get("Statement"):
            yield f"{holder.name!r} holds no readable policy document"
        for statement in statements(policy, "Allow"):
            yield from (f"{holder.name!r} {breadth}" for breadth in _too_broad(statement))


def _too_broad(statement: Mapping[str, Any]) -> Iterator[str]:
    actions = [str(action) for action in listed(statement.get("Action"))]
    for action in actions:
        if "*" in action:
            yield f"allows the action {action!r}"
    if statement.get("NotAction"):
        yield "allows actions by naming what it excludes"
    if statement.get("NotResource"):
        yield "allows everything but a list of resources"
    if not set(actions) <= WITHOUT_RESOURCE.keys():
        for target in map(str, listed(statement.get("Resource"))):
            if target.split(":", 5)[-1] == "*":
                yield f"allows {', '.join(actions)} on every resource ({target!r})"
