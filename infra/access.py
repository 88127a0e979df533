"""What one workload may do in AWS: a role that only its own pods can take on."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.checks import refuse_faults, unlike
from infra.placement import Placement
from infra.statements import Statement, document
from infra.tags import Tags

_KUBERNETES_NAME = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"


@dataclass(frozen=True)
class WorkloadAccessArgs:
    """What a workload's access needs to be told: whose pods, and the statements of all they may do."""

    cluster: pulumi.Input[str]
    cluster_arn: pulumi.Input[str]
    namespace: str
    service_account: str
    grants: Sequence[Statement]
    placement: Placement
    tags: Tags

    def __post_init__(self) -> None:
        broad = [grant.sid for grant in self.grants if "*" in (*grant.actions, *grant.resources)]
        refuse_faults(
            "WorkloadAccess",
            namespace=unlike(self.namespace, _KUBERNETES_NAME, "a Kubernetes name"),
            service_account=unlike(self.service_account, _KUBERNETES_NAME, "a Kubernetes name"),
            grants=f"must not allow everything ({', '.join(broad)})" if broad else None,
        )


class WorkloadAccess(pulumi.ComponentResource):
    """An IAM role bound to one service account of one cluster by EKS Pod Identity."""

    def __init__(self, name: str, args: WorkloadAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:WorkloadAccess", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(
            name,
            name=name,
            assume_role_policy=document(_trust(args)),
            tags=args.tags.as_tags(),
            opts=child,
        )
        if args.grants:
            aws.iam.RolePolicy(name, name=name, role=role.name, policy=document(*args.grants), opts=child)
        aws.eks.PodIdentityAssociation(
            name,
            cluster_name=args.cluster,
            namespace=args.namespace,
            service_account=args.service_account,
            role_arn=role.arn,
            tags=args.tags.as_tags(),
            opts=child,
        )
        self.register_outputs({})


def _trust(args: WorkloadAccessArgs) -> Statement:
    # Pod Identity states these tags itself when it takes on the role; without them any association could use it.
    return Statement(
        "PodsOfThisServiceAccount",
        ["sts:AssumeRole", "sts:TagSession"],
        [],
        principal={"Service": "pods.eks.amazonaws.com"},
        conditions={
            "StringEquals": {
                "aws:SourceAccount": args.placement.account,
                "aws:RequestTag/eks-cluster-arn": args.cluster_arn,
                "aws:RequestTag/kubernetes-namespace": args.namespace,
                "aws:RequestTag/kubernetes-service-account": args.service_account,
            }
        },
    )
