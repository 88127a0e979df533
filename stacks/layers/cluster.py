"""The region's Kubernetes, and who may command it."""

from dataclasses import dataclass

import pulumi

from infra.cluster import Cluster as BuiltCluster
from infra.cluster import ClusterArgs
from infra.tags import DataClass
from stacks.layers.network import Network
from stacks.layers.upstream import Upstream
from stacks.schema import NAMESPACE, Settings

_LOG_RETENTION_DAYS = 90

# By these numbers the pods of the APIs are scaled; Auto Mode brings everything else.
_ADD_ONS = ("metrics-server",)


@dataclass(frozen=True)
class Cluster:
    """The cluster, how it is reached, and where in it the services run."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    security_group_id: pulumi.Output[str]
    kubeconfig: pulumi.Output[str]
    namespace: str = NAMESPACE


def build(settings: Settings, upstream: Upstream, network: Network) -> Cluster:
    """Declare the cluster."""
    built = BuiltCluster(
        f"{NAMESPACE}-{settings.region.name}",
        ClusterArgs(
            version=settings.cluster.version,
            subnet_ids=network.private_subnet_ids,
            administrators={arn.rpartition("/")[2]: arn for arn in settings.cluster.administrators},
            callers={"operations": upstream.operations},
            add_ons=_ADD_ONS,
            log_retention_days=_LOG_RETENTION_DAYS,
            placement=settings.placement,
            tags=settings.tags(DataClass.INTERNAL),
        ),
    )
    return Cluster(built.name, built.arn, built.security_group_id, built.kubeconfig)
