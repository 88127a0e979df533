"""As whom a cluster acts in the account: its control plane, and its nodes."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from infra.placement import Placement
from infra.statements import Statement, document
from infra.tags import Tags

Granted = tuple[aws.iam.Role, list[pulumi.Resource]]
"""A role, and what attaches its rights to it."""

# What the control plane does in the account to run nodes, volumes and load balancers by itself.
_CONTROL_PLANE = (
    "AmazonEKSClusterPolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
)

# What a node may do; what a pod may do comes with its own role.
_NODE = ("AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly")


def control_plane_role(parent: pulumi.Resource, cluster: str, placement: Placement, tags: Tags) -> Granted:
    """The role of the control plane of that cluster.

    EKS acts for all of its customers: for the cluster of this name alone may it take on the role.
    https://docs.aws.amazon.com/eks/latest/userguide/cross-service-confused-deputy-prevention.html
    """
    trust = Statement(
        "ThisCluster",
        ["sts:AssumeRole", "sts:TagSession"],
        [],
        principal={"Service": "eks.amazonaws.com"},
        conditions={
            "StringEquals": {"aws:SourceAccount": placement.account},
            "ArnLike": {"aws:SourceArn": placement.arn("eks", f"cluster/{cluster}")},
        },
    )
    return _granted(parent, f"{cluster}-cluster", trust, _CONTROL_PLANE, tags)


def node_role(parent: pulumi.Resource, cluster: str, tags: Tags) -> Granted:
    """The role of the nodes: a machine takes it on by itself, and says on nobody's behalf."""
    trust = Statement("Machines", ["sts:AssumeRole"], [], principal={"Service": "ec2.amazonaws.com"})
    return _granted(parent, f"{cluster}-node", trust, _NODE, tags)


def _granted(parent: pulumi.Resource, name: str, trust: Statement, policies: Sequence[str], tags: Tags) -> Granted:
    child = pulumi.ResourceOptions(parent=parent)
    role = aws.iam.Role(name, name=name, assume_role_policy=document(trust), tags=tags.as_tags(), opts=child)
    return role, [
        aws.iam.RolePolicyAttachment(
            f"{name}-{policy}", role=role.name, policy_arn=f"arn:aws:iam::aws:policy/{policy}", opts=child
        )
        for policy in policies
    ]
