"""IAM: every grant names what may be done to what."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from policies.examples import sample
from policies.grants import AWS_MANAGED, HARMLESS, WITHOUT_RESOURCE
from policies.model import Resource
from policies.reading import listed, mapping, stated_in, statements
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

_ALL_OF_A_KIND = re.compile(r"([a-z-]+[:/])?[*?/:]*[*?][*?/:]*")
_ALL_OBJECTS = re.compile(r"[*?/]*[*?][*?/]*")

_QUEUE = "arn:aws:sqs:eu-west-1:111122223333:cloud-sales-eu-invoice"


def _grant(action: object, resource: object, **more: Any) -> Resource:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return sample(ROLE_POLICY, {"policy": {"Version": "2012-10-17", "Statement": statement}})


@RULES.resource_rule(
    name="iam-no-star",
    types=HOLDERS,
    why="Whoever takes over one pod gets all that its role may do; a star turns one leak into the whole account.",
    remedy="name each action and the ARN it applies to; attach no policy of AWS "
    "but those that a cluster cannot do without.",
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
        sample(ATTACHMENT, {"policyArn": "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"}),
        _grant("rds-db:connect", "arn:aws:rds-db:*:111122223333:dbuser:*/app"),
        _grant("route53:GetHealthCheckStatus", "arn:aws:route53:::healthcheck/*"),
    ),
    rejects={
        "allows the action '*'": _grant("*", _QUEUE),
        "allows the action 'sqs:*'": _grant(["sqs:SendMessage", "sqs:*"], _QUEUE),
        "allows the action 's3:Get*'": _grant("s3:Get*", "arn:aws:s3:::payloads/*"),
        "allows the action 's3:?etObject'": _grant("s3:?etObject", "arn:aws:s3:::payloads/*"),
        "on every resource": _grant("sqs:SendMessage", "*"),
        "'arn:aws:s3:::*'": _grant("s3:GetObject", "arn:aws:s3:::*"),
        "'arn:aws:s3:::*/*'": _grant("s3:GetObject", "arn:aws:s3:::*/*"),
        "allows iam:PassRole on every resource": _grant("iam:PassRole", "arn:aws:iam::111122223333:role/*"),
        "GetSecretValue on every": _grant(
            "secretsmanager:GetSecretValue", "arn:aws:secretsmanager:*:111122223333:secret:*"
        ),
        "in any account": _grant("sqs:SendMessage", "arn:aws:sqs:eu-west-1:*:orders"),
        "'example' allows the action 's3:*'": sample(
            POLICY, {"policy": {"statement": [{"effect": "allow", "action": "s3:*", "resource": _QUEUE}]}}
        ),
        "by naming what it excludes": _grant(None, _QUEUE, NotAction="iam:*"),
        "everything but a list of resources": _grant("sqs:SendMessage", None, NotResource=_QUEUE),
        "holds no readable policy document": sample(POLICY, {"policy": "{"}),
        "'example' holds no readable policy document": sample(ROLE_POLICY, {}),
        "'example' allows the action '*'": sample(
            HOLDERS[7], {"policy": json.dumps({"Statement": {"Effect": "Allow", "Action": ["*"], "Resource": _QUEUE}})}
        ),
        "attaches 'IAMFullAccess'": sample(HOLDERS[8], {"policyArn": "arn:aws:iam::aws:policy/IAMFullAccess"}),
        "attaches 'SecretsManagerReadWrite'": sample(
            ATTACHMENT, {"policyArn": "arn:aws:iam::aws:policy/SecretsManagerReadWrite"}
        ),
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
        owner, _, managed = str(attached or "").rpartition("/")
        if re.match(r"arn:[\w-]+:iam::aws:policy", owner) and managed not in AWS_MANAGED:
            yield f"{holder.name!r} attaches {managed!r}, which AWS keeps for everybody's needs"
    policies = [mapping(inline).get("policy") for inline in listed(holder.properties.get("inlinePolicies"))]
    if holder.type in _DOCUMENTS:
        policies.append(holder.properties.get("policy"))
    for policy in policies:
        if not stated_in(policy):
            yield f"{holder.name!r} holds no readable policy document"
        for statement in statements(policy, "Allow"):
            yield from (f"{holder.name!r} {breadth}" for breadth in _too_broad(statement))


def _too_broad(statement: Mapping[str, Any]) -> Iterator[str]:
    actions = [str(action) for action in listed(statement.get("Action"))]
    for action in actions:
        if set("*?") & set(action):
            yield f"allows the action {action!r}"
    if statement.get("NotAction"):
        yield "allows actions by naming what it excludes"
    if statement.get("NotResource"):
        yield "allows everything but a list of resources"
    if not set(actions) <= WITHOUT_RESOURCE.keys():
        for target in map(str, listed(statement.get("Resource"))):
            if _is_everything(target) and not set(actions) <= HARMLESS:
                yield f"allows {', '.join(actions)} on every resource of its kind ({target!r})"
            elif set("*?") & set("".join(target.split(":", 5)[4:5])):
                yield f"allows {', '.join(actions)} in any account ({target!r})"


def _is_everything(target: str) -> bool:
    """Whether nothing of the resource is named, but at most what kind it is of."""
    parts = target.split(":", 5)
    pattern = _ALL_OBJECTS if parts[2:3] == ["s3"] else _ALL_OF_A_KIND
    return pattern.fullmatch(parts[-1]) is not None
