"""What is watched of pods: that they live, that they are there, and that more of them may come.

One monitor of each kind for all deployments of the release; each that has a fault is an alarm of its own, by its name.
"""

from collections.abc import Collection

from infra.monitor_terms import Missing, Thresholds
from infra.monitors.watch import Source, Watch, grouped, metric

_COMPONENT = "Release"
_STATE = "kubernetes_state"
_DEPLOYMENT = "kube_deployment"
_AUTOSCALER = "horizontalpodautoscaler"
_SERVICE = f"{{{{{_DEPLOYMENT}.name}}}}"


def watches(cluster: str, namespace: str, deployments: int, fixed: Collection[str] = ()) -> tuple[Watch, ...]:
    """The monitors of the release's deployments, of which `fixed` are those that cannot grow.

    Restarts and kills: Datadog recommends to warn at three restarts, and to alarm at one kill, within some minutes
    (integrations-core, kubernetes/assets/monitors). Missing pods: a rolling update misses none of them longer than it
    takes to start one, about a minute; fifteen are a fault.

    A group that was never counted is none, so nothing of it alarms: that they are all there is counted by itself.
    """
    # The pods of a job have no such tag, and would be a group without a name.
    scope = f"{{kube_cluster_name:{cluster},kube_namespace:{namespace},{_DEPLOYMENT}:*}}"
    each, killed = grouped(scope, _DEPLOYMENT), grouped(scope.replace("}", ",reason:oomkilled}"), _DEPLOYMENT)
    return (
        Watch(
            _COMPONENT,
            "workload-restarts",
            cluster,
            "pods restart",
            f"change(max(last_10m),last_10m):sum:kubernetes.containers.restarts{each}",
            Thresholds(3, warning=1),
            f"Pods of {_SERVICE} end again and again: they crash, or their probes find them stuck.",
            2,
            Source.CLUSTER,
        ),
        Watch(
            _COMPONENT,
            "workload-memory",
            cluster,
            "pods ran out of memory",
            f"change(max(last_10m),last_10m):sum:kubernetes.containers.last_state.terminated{killed}",
            Thresholds(0),
            f"Kubernetes killed a pod of {_SERVICE} because it took more memory than its limit.",
            3,
            Source.CLUSTER,
            missing=Missing.RESOLVE,
        ),
        Watch(
            _COMPONENT,
            "workload-unavailable",
            cluster,
            "pods are missing",
            metric("min", 15, f"max:{_STATE}.deployment.replicas_unavailable{each}"),
            Thresholds(0),
            f"For a quarter of an hour fewer pods of {_SERVICE} have been ready than there should be.",
            2,
            Source.CLUSTER,
        ),
        Watch(
            _COMPONENT,
            "workload-deployments",
            cluster,
            "a deployment is gone",
            metric("max", 15, f"count_nonzero(max:{_STATE}.deployment.replicas_desired{each})"),
            Thresholds(deployments, below=True),
            f"Fewer than the {deployments} deployments of the release are counted: a service is not there at all.",
            2,
            Source.CLUSTER,
            missing=Missing.NOTIFY,
        ),
        _maximum(cluster, namespace, fixed),
    )


def _maximum(cluster: str, namespace: str, fixed: Collection[str]) -> Watch:
    """For half an hour the autoscaler has wanted all pods that there may be, and the next does not come.

    Where there may be as many as there must be, that is so always.
    """
    # KEDA, which scales by queues, names its autoscalers after its own objects.
    without = "".join(f",!{_AUTOSCALER}:{prefix}{name}" for name in fixed for prefix in ("", "keda-hpa-"))
    each = grouped(f"{{kube_cluster_name:{cluster},kube_namespace:{namespace}{without}}}", _AUTOSCALER)
    return Watch(
        _COMPONENT,
        "workload-maximum",
        cluster,
        "has as many pods as it may",
        metric("max", 30, f"max:{_STATE}.hpa.max_replicas{each} - max:{_STATE}.hpa.desired_replicas{each}"),
        Thresholds(1, below=True),
        f"All pods are wanted that {{{{{_AUTOSCALER}.name}}}} may have; when its load grows further, it becomes slow.",
        3,
        Source.CLUSTER,
    )


def migration(job: str, cluster: str, namespace: str) -> Watch:
    """The monitor of the job that migrates the schema; it is kept until the next release, and so is its failure."""
    scope = f"{{kube_cluster_name:{cluster},kube_namespace:{namespace},kube_job:{job}}}"
    return Watch(
        _COMPONENT,
        "workload-migration",
        cluster,
        "the schema was not migrated",
        metric("max", 15, f"max:{_STATE}.job.completion.failed{scope}"),
        Thresholds(0),
        "The migration before a release failed; the release was rolled back, and its pods run as they did before.",
        2,
        Source.CLUSTER,
        missing=Missing.RESOLVE,
        service=job,
    )
