"""Who may take on a role: somebody named, on behalf of an account or a resource of ours."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policies.conditions import bound
from policies.examples import sample
from policies.model import Resource
from policies.reading import listed, stated_in, statements
from policies.registry import RULES
from policies.rules.identity import ROLE

WITHOUT_SOURCE = {
    "ec2.amazonaws.com": "the machine takes on its role by itself, and no other account can start one with it",
}
"""Services that do not say on whose behalf they ask, and why that does no harm."""

_SOURCE = frozenset({"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid"})
_CALLER = frozenset({"sts:externalid", "aws:principalarn", "aws:principalorgid"})

_PODS = "pods.eks.amazonaws.com"
_TAGS = "aws:requesttag/"
_POD = {
    "cluster": frozenset({f"{_TAGS}eks-cluster-arn", f"{_TAGS}eks-cluster-name"}),
    "namespace": frozenset({f"{_TAGS}kubernetes-namespace"}),
    "service account": frozenset({f"{_TAGS}kubernetes-service-account"}),
}
"""What Pod Identity says of the pods for which it takes on a role; whatever is not asked for may be any."""

_OIDC = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
_SUB, _AUD = "token.actions.githubusercontent.com:sub", "token.actions.githubusercontent.com:aud"
_SCHEDULER = {"Service": "scheduler.amazonaws.com"}
_OURS = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
_ORDER = {
    "aws:SourceAccount": "111122223333",
    "aws:RequestTag/eks-cluster-arn": "arn:aws:eks:eu-west-1:111122223333:cluster/eu",
    "aws:RequestTag/kubernetes-namespace": "shop",
    "aws:RequestTag/kubernetes-service-account": "order",
}
_PINNED = {_SUB: "repo:example/cloud-sales:environment:eu", _AUD: "sts.amazonaws.com"}


def _pods(*without: str) -> Resource:
    tags = {key: value for key, value in _ORDER.items() if key.rpartition("/")[2] not in without}
    return _role({"Service": _PODS}, {"StringEquals": tags})


def _role(principal: object, condition: object = None, **more: Any) -> Resource:
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition}
    return sample(ROLE, {"assumeRolePolicy": {"Statement": [trust]}, **more}, "sun")


@RULES.resource_rule(
    name="trust-scoped",
    types=(ROLE,),
    why="A service acts for every customer of AWS: without a condition, another account can have it use our role; and "
    "an OIDC provider vouches for every repository in the world. Policies stated on the role itself are taken away by "
    "the resources that attach others.",
    remedy="put a Condition with aws:SourceAccount or aws:SourceArn on a service's statement (for pods also their "
    "aws:RequestTag of cluster, namespace and service account), StringEquals of :sub and :aud on a federated one; "
    "attach by RolePolicy and RolePolicyAttachment, not by inlinePolicies, managedPolicyArns.",
    source="CKV_AWS_60, CKV_AWS_61, CKV_AWS_393; AWS IAM user guide, the confused deputy problem; AWSGuard "
    "iam-role-no-policy-management-conflicts",
    accepts=(
        _role(_SCHEDULER, _OURS),
        _role(_SCHEDULER, {"ArnLike": {"AWS:SourceArn": "arn:aws:scheduler:eu-west-1:111122223333:schedule/sun/*"}}),
        _role({"Service": "ec2.amazonaws.com"}),
        _role({"AWS": "arn:aws:iam::111122223333:role/deployment"}),
        _role({"AWS": "111122223333"}, {"StringEquals": {"sts:ExternalId": "b1946ac9"}}),
        _role({"Federated": _OIDC}, {"StringEquals": _PINNED}),
        _role(_SCHEDULER, _OURS, managedPolicyArns=[], inlinePolicies=None),
        _pods(),
    ),
    rejects={
        "'sun' trusts scheduler.amazonaws.com for every account": _role(_SCHEDULER),
        "trusts scheduler.amazonaws.com": _role(_SCHEDULER, {"StringEquals": {"aws:SourceAccount": "*"}}),
        "for every account": _role(_SCHEDULER, {"ArnLike": {"aws:SourceArn": "arn:aws:scheduler:*:*:schedule/*"}}),
        "scheduler.amazonaws.com for every account": _role(
            _SCHEDULER, {"StringLike": {"aws:SourceAccount": "????????????"}}
        ),
        "'sun' trusts scheduler": _role(_SCHEDULER, {"StringNotEquals": {"aws:SourceAccount": "111122223333"}}),
        "trusts sqs.amazonaws.com": _role({"Service": ["ec2.amazonaws.com", "sqs.amazonaws.com"]}),
        "trusts pods of any cluster": _pods("eks-cluster-arn"),
        "trusts pods of any namespace": _pods("kubernetes-namespace"),
        "'sun' trusts pods of any service account": _pods("kubernetes-service-account"),
        "trusts everybody": _role("*", _OURS),
        "'sun' trusts everybody": _role({"AWS": ["*"]}),
        "trusts all of account 111122223333": _role({"AWS": "arn:aws:iam::111122223333:root"}),
        "all of account 111122223333": _role({"AWS": "111122223333"}),
        "all of account 444455556666": _role({"AWS": "arn:aws-cn:iam::444455556666:root"}),
        "does not pin the subject": _role({"Federated": _OIDC}, {"StringEquals": {_AUD: "sts.amazonaws.com"}}),
        "not pin the subject": _role({"Federated": _OIDC}, {"StringLike": {**_PINNED, _SUB: "repo:example/*"}}),
        "does not pin the audience": _role({"Federated": _OIDC}, {"StringEquals": {_SUB: _PINNED[_SUB]}}),
        "trusts everybody but a few": sample(
            ROLE, {"assumeRolePolicy": {"Statement": {"Effect": "Allow", "NotPrincipal": {"AWS": "*"}}}}
        ),
        "says of nobody": sample(ROLE, {"assumeRolePolicy": "nonsense"}),
        "'example' says of nobody": sample(ROLE, {}),
        "states managedPolicyArns itself": _role(_SCHEDULER, _OURS, managedPolicyArns=["arn:aws:iam::aws:policy/x"]),
        "states inlinePolicies itself": _role(_SCHEDULER, _OURS, inlinePolicies=[{"name": "x"}]),
    },
)
def taken_on_by_whom_it_names(role: Resource) -> Iterator[str]:
    """Each statement of the trust policy names who may take on the role, and for whom."""
    for way in ("managedPolicyArns", "inlinePolicies"):
        if listed(role.properties.get(way)):
            yield f"role {role.name!r} states {way} itself"
    allowed = statements(role.properties.get("assumeRolePolicy"), "Allow")
    if not stated_in(role.properties.get("assumeRolePolicy")):
        yield f"role {role.name!r} says of nobody that he may take it on"
    for statement in allowed:
        yield from (f"role {role.name!r} {fault}" for fault in _faults(statement))


def _faults(statement: Mapping[str, Any]) -> Iterator[str]:
    if statement.get("NotPrincipal"):
        yield "trusts everybody but a few"
    principal = statement.get("Principal")
    named = principal if isinstance(principal, Mapping) else {"AWS": principal}
    if "*" in [one for kind in named for one in listed(named[kind])]:
        yield "trusts everybody"
    yield from _service_faults(listed(named.get("Service")), statement)
    for account in map(str, listed(named.get("AWS"))):
        number = re.sub(r"^arn:[\w-]+:iam::|:root$", "", account)
        if number.isdigit() and not bound(statement, _CALLER):
            yield f"trusts all of account {number}"
    for provider in map(str, listed(named.get("Federated"))):
        for what, key in _claims(provider).items():
            if not bound(statement, frozenset({key}), exact=True):
                yield f"does not pin the {what} that {provider.rpartition('/')[2]} vouches for"


def _service_faults(services: Sequence[Any], statement: Mapping[str, Any]) -> Iterator[str]:
    for service in services:
        if service not in WITHOUT_SOURCE and not bound(statement, _SOURCE):
            yield f"trusts {service} for every account"
    if _PODS in services:
        for what, keys in _POD.items():
            if not bound(statement, keys, exact=True):
                yield f"trusts pods of any {what}"


def _claims(provider: str) -> Mapping[str, str]:
    """What that provider's tokens say of who comes and to whom, by the condition keys in lower case."""
    if "saml-provider/" in provider:
        return {"audience": "saml:aud"}
    issuer = provider.rpartition("oidc-provider/")[2].lower()
    return {"subject": f"{issuer}:sub", "audience": f"{issuer}:aud"}
