"""What is watched of a service's pods: that they live, that they are there, and that more of them may come."""

from dataclasses import dataclass

from infra.monitor_terms import Missing, Thresholds
from infra.monitors.watch import Source, Watch, metric

_COMPONENT = "Release"


@dataclass(frozen=True)
class Workload:
    """A deployment of the release: its name in the region, its service, and how many pods it may have."""

    name: str
    service: str
    minimum: int
    maximum: int


def watches(workload: Workload, cluster: str, namespace: str) -> tuple[Watch, ...]:
    """The monitors of a deployment.

    Restarts and kills: Datadog recommends to warn at three restarts, and to alarm at one kill, within some minutes
    (integrations-core, kubernetes/assets/monitors). Missing pods: a rolling update misses none of them longer than it
    takes to start one, about a minute; fifteen are a fault. At the most: for half an hour the autoscaler has wanted
    all that there may be, and the next pod does not come.
    """
    service = workload.service
    scope = f"{{kube_cluster_name:{cluster},kube_namespace:{namespace},kube_deployment:{service}}}"
    killed = scope.replace("}", ",reason:oomkilled}")
    at_most = Watch(
        _COMPONENT,
        "workload-maximum",
        workload.name,
        "has as many pods as it may",
        metric("min", 30, f"max:kubernetes_state.deployment.replicas_desired{scope}"),
        # There are no half pods: this is reached by the last one that may be.
        Thresholds(workload.maximum - 0.5),
        f"All {workload.maximum} pods of {service} are wanted; when its load grows further, it becomes slow.",
        3,
        Source.CLUSTER,
        service=service,
    )
    always = (
        Watch(
            _COMPONENT,
            "workload-restarts",
            workload.name,
            "pods restart",
            f"change(max(last_10m),last_10m):sum:kubernetes.containers.restarts{scope}",
            Thresholds(3, warning=1),
            f"Pods of {service} end again and again: they crash, or their probes find them stuck.",
            2,
            Source.CLUSTER,
            service=service,
        ),
        Watch(
            _COMPONENT,
            "workload-memory",
            workload.name,
            "pods ran out of memory",
            f"change(max(last_10m),last_10m):sum:kubernetes.containers.last_state.terminated{killed}",
            Thresholds(0),
            f"Kubernetes killed a pod of {service} because it took more memory than its limit.",
            3,
            Source.CLUSTER,
            missing=Missing.RESOLVE,
            service=service,
        ),
        Watch(
            _COMPONENT,
            "workload-unavailable",
            workload.name,
            "pods are missing",
            metric("min", 15, f"max:kubernetes_state.deployment.replicas_unavailable{scope}"),
            Thresholds(0),
            f"For a quarter of an hour fewer pods of {service} have been ready than there should be.",
            2,
            Source.CLUSTER,
            missing=Missing.NOTIFY,
            service=service,
        ),
    )
    return (*always, at_most) if workload.maximum > workload.minimum else always


def migration(workload: Workload, cluster: str, namespace: str) -> Watch:
    """The monitor of the job that migrates the schema; it is kept until the next release, and so is its failure."""
    scope = f"{{kube_cluster_name:{cluster},kube_namespace:{namespace},kube_job:{workload.service}}}"
    return Watch(
        _COMPONENT,
        "workload-migration",
        workload.name,
        "the schema was not migrated",
        metric("max", 15, f"max:kubernetes_state.job.completion.failed{scope}"),
        Thresholds(0),
        "The migration before a release failed; the release was rolled back, and its pods run as they did before.",
        2,
        Source.CLUSTER,
        missing=Missing.RESOLVE,
        service=workload.service,
    )
