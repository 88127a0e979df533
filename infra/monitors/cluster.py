"""What is watched of a cluster: that it takes commands, that its nodes are well, and that pods find a place."""

from infra.monitor_terms import Missing, Thresholds
from infra.monitors.watch import Source, Watch, metric, percent, scoped
from infra.placement import Placement

_ZONES = 3


def watches(name: str, place: Placement, namespace: str) -> tuple[Watch, ...]:
    """The monitors of a cluster; that nobody counts its nodes means that the agents are gone, and with them all counts.

    Failed requests: kubectl and controllers repeat what failed; one of a hundred over a quarter of an hour is more than
    a change of its leader. Nodes: Auto Mode replaces one that is not well, so after ten minutes it has failed to; three
    is one in each zone, over which pods are spread. Pending: a new node takes a minute or two.
    """
    scope = f"{{kube_cluster_name:{name}}}"
    unready = f"{{kube_cluster_name:{name},condition:ready,!status:true}}"
    pending = f"{{kube_cluster_name:{name},kube_namespace:{namespace},pod_phase:pending}}"
    requests = "sum:aws.eks.apiserver_request_total"
    at = scoped(place, clustername=name)
    return (
        Watch(
            "Cluster",
            "cluster-requests",
            name,
            "commands fail",
            metric("sum", 15, percent(f"{requests}_5xx{at}", f"{requests}{at}")),
            Thresholds(1),
            "Kubernetes answers commands with errors: nothing is scaled, replaced or released while it does.",
            3,
        ),
        Watch(
            "Cluster",
            "cluster-nodes-unready",
            name,
            "a node is not ready",
            metric("min", 10, f"sum:kubernetes_state.node.by_condition{unready}"),
            Thresholds(0),
            "A node has not been ready for ten minutes, and nobody has replaced it; its pods are moved elsewhere.",
            3,
            Source.CLUSTER,
        ),
        Watch(
            "Cluster",
            "cluster-nodes",
            name,
            "a zone has no node",
            metric("max", 15, f"sum:kubernetes_state.node.count{scope}"),
            Thresholds(_ZONES, below=True),
            "There are fewer nodes than zones, or nobody counts them any longer, and then no pods either.",
            2,
            Source.CLUSTER,
            missing=Missing.NOTIFY,
        ),
        Watch(
            "Cluster",
            "cluster-pending",
            name,
            "pods find no place",
            metric("min", 15, f"sum:kubernetes_state.pod.status_phase{pending}"),
            Thresholds(0),
            "Pods have waited for a quarter of an hour for a node that has room for them in their zone.",
            3,
            Source.CLUSTER,
            missing=Missing.RESOLVE,
        ),
    )
