"""Rights of pods: each service account has its own role by Pod Identity, and nodes have none to give away."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.examples import sample
from policies.model import Resource, Stack
from policies.reading import document, listed, mapping, statements
from policies.registry import RULES
from policies.rules.identity import ATTACHMENT, ROLE, ROLE_POLICY

ADD_ON = "aws:eks/addon:Addon"
OIDC_PROVIDER = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
SERVICE_ACCOUNT = "kubernetes:core/v1:ServiceAccount"

NODE_POLICIES = frozenset(
    {
        "AmazonEKSWorkerNodeMinimalPolicy",
        "AmazonEKSWorkerNodePolicy",
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonEC2ContainerRegistryReadOnly",
        "AmazonSSMManagedInstanceCore",
    }
)
"""What a node itself needs; Auto Mode asks for the first and the third. More than these every pod could take."""

_ISSUER = "oidc.eks.eu-west-1.amazonaws.com/id/0123"
_ANNOTATION = "eks.amazonaws.com/role-arn"


def _role(principal: Mapping[str, Any], name: str = "node") -> Resource:
    trust = {"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]}
    return sample(ROLE, {"name": name, "assumeRolePolicy": trust}, name)


_NODE = _role({"Service": "ec2.amazonaws.com"})


def _attached(policy: str, role: str = "node") -> Resource:
    return sample(ATTACHMENT, {"role": role, "policyArn": f"arn:aws:iam::aws:policy/{policy}"}, f"{role}-{policy}")


def _account(annotations: Mapping[str, str] | None) -> Resource:
    return sample(SERVICE_ACCOUNT, {"metadata": {"name": "order", "annotations": annotations}}, "order")


@RULES.stack_rule(
    name="pod-identity-only",
    types=(ADD_ON, OIDC_PROVIDER, ROLE, ROLE_POLICY, ATTACHMENT, SERVICE_ACCOUNT),
    why="What a node may do, every pod on it can; and an OIDC provider is trusted by its address, which changes with "
    "each new cluster and leaves roles behind that nobody counts. Auto Mode brings the agent of Pod Identity along.",
    remedy="bind a role to the service account by an aws.eks.PodIdentityAssociation (infra.access.WorkloadAccess), and "
    "leave the node's role at AmazonEKSWorkerNodeMinimalPolicy and AmazonEC2ContainerRegistryPullOnly.",
    source="decision 0037; AWS EKS user guide, EKS Pod Identity and Auto Mode node role",
    accepts=(
        [_NODE, _attached("AmazonEKSWorkerNodeMinimalPolicy"), _attached("AmazonEC2ContainerRegistryPullOnly")],
        [_role({"Service": "pods.eks.amazonaws.com"}, "order"), sample(ROLE_POLICY, {"role": "order", "policy": {}})],
        [_role({"Service": "eks.amazonaws.com"}, "control"), _attached("AmazonEKSClusterPolicy", "control")],
        [sample(ADD_ON, {"addonName": "metrics-server"}), _account(None), _account({"team": "order"})],
        [sample(OIDC_PROVIDER, {"url": "https://token.actions.githubusercontent.com"})],
    ),
    rejects={
        "node role 'node' holds 'AmazonS3ReadOnlyAccess'": [_NODE, _attached("AmazonS3ReadOnlyAccess")],
        "node role 'node' holds rights of its own": [_NODE, sample(ROLE_POLICY, {"role": "node", "policy": {}})],
        "add-on 'example' takes its role through OIDC": [
            sample(ADD_ON, {"serviceAccountRoleArn": "arn:aws:iam::111122223333:role/driver"})
        ],
        "service account 'order' takes its role through OIDC": [
            _account({_ANNOTATION: "arn:aws:iam::111122223333:role/order"})
        ],
        "role 'order' trusts a cluster's OIDC provider": [
            _role({"Federated": f"arn:aws:iam::111122223333:oidc-provider/{_ISSUER}"}, "order")
        ],
        "'example' makes a cluster's OIDC provider trusted": [sample(OIDC_PROVIDER, {"url": f"https://{_ISSUER}"})],
    },
)
def rights_come_by_pod_identity(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """No pod gets rights from its node, nor by the address of a cluster's OIDC provider."""
    yield from _rights_of_nodes(stack)
    for role in stack.of_type(ROLE):
        if any("oidc.eks." in str(one) for one in _principals(role, "Federated")):
            yield role, f"role {role.name!r} trusts a cluster's OIDC provider"
    for add_on in stack.of_type(ADD_ON):
        if add_on.properties.get("serviceAccountRoleArn"):
            yield add_on, f"add-on {add_on.name!r} takes its role through OIDC"
    for account in stack.of_type(SERVICE_ACCOUNT):
        if _ANNOTATION in mapping(mapping(account.properties.get("metadata")).get("annotations")):
            yield account, f"service account {account.name!r} takes its role through OIDC"
    for provider in stack.of_type(OIDC_PROVIDER):
        if "oidc.eks." in provider.text("url"):
            yield provider, f"{provider.name!r} makes a cluster's OIDC provider trusted"


def _rights_of_nodes(stack: Stack) -> Iterator[tuple[Resource, str]]:
    nodes = {role.text("name") for role in stack.of_type(ROLE) if "ec2.amazonaws.com" in _principals(role, "Service")}
    for held in stack.of_type(ATTACHMENT, ROLE_POLICY):
        if held.text("role") not in nodes:
            continue
        policy = held.text("policyArn").rpartition("/")[2] if held.type == ATTACHMENT else ""
        if policy not in NODE_POLICIES:
            what = repr(policy) if policy else "rights of its own"
            yield held, f"node role {held.text('role')!r} holds {what}, which every pod on its nodes could use"


def _principals(role: Resource, kind: str) -> list[Any]:
    trust = document(role.properties.get("assumeRolePolicy"))
    return [one for stated in statements(trust, "Allow") for one in listed(mapping(stated.get("Principal")).get(kind))]
