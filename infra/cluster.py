"""A region's Kubernetes: EKS in Auto Mode, reached from inside the joined networks alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.checks import refuse_faults, unlike
from infra.cluster_roles import control_plane_role, node_role
from infra.key import EncryptionKey, EncryptionKeyArgs
from infra.log_group import LogGroup, LogGroupArgs, log_encryption
from infra.placement import Placement
from infra.security_group import Rule, admit
from infra.tags import Tags

_ADMINISTRATION = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"


@dataclass(frozen=True)
class ClusterArgs:
    """What a cluster needs to be told.

    Attributes:
        version: of Kubernetes.
        subnet_ids: where nodes and pods live, one subnet for each zone.
        administrators: the roles that may do everything in it, each by its name in the program; nobody else may do
            anything, not even who made the cluster.
        callers: the addresses from which its API is called, each by a name of its own.
        add_ons: EKS add-ons beyond what Auto Mode brings (network, DNS, proxy, volumes, load balancers, Pod Identity).
    """

    version: str
    subnet_ids: Sequence[pulumi.Input[str]]
    administrators: Mapping[str, str]
    callers: Mapping[str, pulumi.Input[str]]
    add_ons: Sequence[str]
    log_retention_days: int
    placement: Placement
    tags: Tags

    def __post_init__(self) -> None:
        strange = [
            arn for arn in self.administrators.values() if unlike(arn, r"arn:aws:iam::\d{12}:role/[\w+=,.@/-]+", "")
        ]
        refuse_faults(
            "Cluster",
            version=unlike(self.version, r"1\.\d{2}", "a version of Kubernetes such as 1.33"),
            subnet_ids=None if len(self.subnet_ids) >= 3 else "must be one in each of three zones",
            administrators="must be ARNs of roles" if strange or not self.administrators else None,
        )


class Cluster(pulumi.ComponentResource):
    """An EKS cluster whose machines, network, volumes and balancing AWS looks after."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    security_group_id: pulumi.Output[str]
    kubeconfig: pulumi.Output[str]

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:Cluster", name, None, opts)
        logs = f"/aws/eks/{name}/cluster"
        key = EncryptionKey(
            f"{name}-cluster",
            EncryptionKeyArgs(
                f"Secrets and logs of {name}", args.placement, args.tags, uses=[log_encryption(args.placement, logs)]
            ),
            pulumi.ResourceOptions(parent=self),
        )
        # Made before the cluster, or EKS makes it itself: unencrypted and kept for ever.
        log_group = LogGroup(
            logs, LogGroupArgs(key.arn, args.log_retention_days, args.tags), pulumi.ResourceOptions(parent=self)
        )
        cluster = self._cluster(name, args, key, log_group)
        self.name = cluster.name
        self.arn = cluster.arn
        self.security_group_id = cluster.vpc_config.apply(lambda network: str(network.cluster_security_group_id))
        self.kubeconfig = pulumi.Output.json_dumps(_kubeconfig(cluster, args.placement))
        self._let_in(name, args, cluster)
        for add_on in args.add_ons:
            aws.eks.Addon(
                f"{name}-{add_on}",
                cluster_name=cluster.name,
                addon_name=add_on,
                resolve_conflicts_on_create="OVERWRITE",
                resolve_conflicts_on_update="PRESERVE",
                tags=args.tags.as_tags(),
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({"name": self.name, "arn": self.arn, "securityGroupId": self.security_group_id})

    def _cluster(self, name: str, args: ClusterArgs, key: EncryptionKey, log_group: LogGroup) -> aws.eks.Cluster:
        control_plane, granted = control_plane_role(self, name, args.placement, args.tags)
        node, equipped = node_role(self, name, args.tags)
        return aws.eks.Cluster(
            name,
            name=name,
            version=args.version,
            role_arn=control_plane.arn,
            vpc_config={
                "subnet_ids": list(args.subnet_ids),
                "endpoint_private_access": True,
                "endpoint_public_access": False,
            },
            access_config={
                "authentication_mode": "API",
                "bootstrap_cluster_creator_admin_permissions": False,
            },
            encryption_config={"provider": {"key_arn": key.arn}, "resources": ["secrets"]},
            enabled_cluster_log_types=["api", "audit", "authenticator", "controllerManager", "scheduler"],
            # Auto Mode is these three together, without the add-ons that a cluster else starts with.
            compute_config={
                "enabled": True,
                "node_pools": ["general-purpose", "system"],
                "node_role_arn": node.arn,
            },
            kubernetes_network_config={"elastic_load_balancing": {"enabled": True}},
            storage_config={"block_storage": {"enabled": True}},
            bootstrap_self_managed_addons=False,
            upgrade_policy={"support_type": "STANDARD"},
            zonal_shift_config={"enabled": True},
            tags=args.tags.as_tags(),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[log_group, *granted, *equipped]),
        )

    def _let_in(self, name: str, args: ClusterArgs, cluster: aws.eks.Cluster) -> None:
        for caller, cidr in args.callers.items():
            admit(self, f"{name}-{caller}", self.security_group_id, Rule(caller, 443, cidr), args.tags)
        for role, arn in args.administrators.items():
            entry = aws.eks.AccessEntry(
                f"{name}-{role}",
                cluster_name=cluster.name,
                principal_arn=arn,
                type="STANDARD",
                tags=args.tags.as_tags(),
                opts=pulumi.ResourceOptions(parent=self),
            )
            aws.eks.AccessPolicyAssociation(
                f"{name}-{role}",
                cluster_name=cluster.name,
                principal_arn=entry.principal_arn,
                policy_arn=_ADMINISTRATION,
                access_scope={"type": "cluster"},
                opts=pulumi.ResourceOptions(parent=self),
            )


def _kubeconfig(cluster: aws.eks.Cluster, placement: Placement) -> dict[str, Any]:
    """How the deployment gets in: with the credentials it has in AWS, and no secret of its own."""
    token = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "aws",
        "args": ["eks", "get-token", "--region", placement.region, "--cluster-name", cluster.name],
        "interactiveMode": "Never",
    }
    name = cluster.name
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": name,
                "cluster": {
                    "server": cluster.endpoint,
                    "certificate-authority-data": cluster.certificate_authority.apply(lambda known: known.data),
                },
            }
        ],
        "users": [{"name": name, "user": {"exec": token}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
