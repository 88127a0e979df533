"""Autoscalers as far as one machine honours them: a workload stays at its minimum; the rules of `shapes` hold."""

from abc import abstractmethod
from typing import Literal

from local.cluster.shapes import NotApplied, Shape


class ScaleTarget(Shape):
    """The Deployment whose pods are counted."""

    name: str
    kind: Literal["Deployment"] = "Deployment"
    api_version: Literal["apps/v1"] = "apps/v1"


class Autoscaler(Shape):
    """What decides how many pods of its target there are."""

    scale_target_ref: ScaleTarget

    @property
    @abstractmethod
    def minimum(self) -> int:
        """The pods there are while nothing is to be done."""


class HorizontalPodAutoscalerSpec(Autoscaler):
    """Between how many pods Kubernetes chooses, by the load of the CPU."""

    min_replicas: int = 1
    max_replicas: NotApplied
    metrics: NotApplied = None
    behavior: NotApplied = None

    @property
    def minimum(self) -> int:
        """See `Autoscaler.minimum`."""
        return self.min_replicas


class ScaledObjectSpec(Autoscaler):
    """Between how many pods KEDA chooses, by the depth of queues."""

    min_replica_count: int = 0
    max_replica_count: NotApplied = None
    polling_interval: NotApplied = None
    advanced: NotApplied = None
    triggers: NotApplied

    @property
    def minimum(self) -> int:
        """See `Autoscaler.minimum`."""
        return self.min_replica_count
