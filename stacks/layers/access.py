"""Who may act in AWS: a role for each service, and one for what scales them; `grants` says what they may do."""

from dataclasses import dataclass

from infra.access import WorkloadAccess, WorkloadAccessArgs
from infra.statements import Statement
from infra.tags import DataClass
from services.registry import QUEUES, SERVICES, Service
from stacks.layers.cluster import Cluster
from stacks.layers.foundation import Foundation
from stacks.layers.grants import grants_of
from stacks.schema import Settings

SCALER_NAMESPACE, SCALER = "keda", "keda-operator"
"""Where KEDA's own chart puts its operator, and its service account there."""


@dataclass(frozen=True)
class Access:
    """The roles; a pod that starts before its role stands gets no credentials."""

    roles: tuple[WorkloadAccess, ...]


def build(settings: Settings, cluster: Cluster, foundation: Foundation) -> Access:
    """Declare a role for every service of the registry, and one for what scales them by the depth of their queues."""
    services = (_service(service, settings, cluster, foundation) for service in SERVICES)
    return Access((_scaler(settings, cluster, foundation), *services))


def _service(service: Service, settings: Settings, cluster: Cluster, foundation: Foundation) -> WorkloadAccess:
    return WorkloadAccess(
        settings.name(service.name),
        WorkloadAccessArgs(
            cluster=cluster.name,
            cluster_arn=cluster.arn,
            namespace=cluster.namespace,
            service_account=service.name,
            grants=grants_of(service, settings, foundation),
            placement=settings.placement,
            tags=settings.tags(DataClass.INTERNAL, service.name),
        ),
    )


def _scaler(settings: Settings, cluster: Cluster, foundation: Foundation) -> WorkloadAccess:
    looked_at = [foundation.queues.by_name[queue.name].arn for queue in QUEUES]
    return WorkloadAccess(
        settings.name(SCALER),
        WorkloadAccessArgs(
            cluster=cluster.name,
            cluster_arn=cluster.arn,
            namespace=SCALER_NAMESPACE,
            service_account=SCALER,
            grants=[Statement("SeeDepthOfQueues", ["sqs:GetQueueAttributes"], looked_at)],
            placement=settings.placement,
            tags=settings.tags(DataClass.INTERNAL),
        ),
    )
