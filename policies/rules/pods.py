"""Pods of every workload: an intruder in one finds no privilege, no token and nothing to write on."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.examples import sample
from policies.model import Resource
from policies.reading import listed, mapping
from policies.registry import RULES

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
JOB = "kubernetes:batch/v1:Job"
CRON_JOB = "kubernetes:batch/v1:CronJob"
POD = "kubernetes:core/v1:Pod"
_SETS = tuple(f"kubernetes:apps/v1:{kind}" for kind in ("StatefulSet", "DaemonSet", "ReplicaSet"))
SERVING = (DEPLOYMENT, *_SETS, "kubernetes:core/v1:ReplicationController")
"""Kinds whose pods are meant to run for ever."""

WORKLOADS = (*SERVING, JOB, CRON_JOB, POD)

_CONTEXT = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
_HARDENED_POD = {
    "automountServiceAccountToken": False,
    "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    "containers": [{"name": "order", "securityContext": _CONTEXT}],
}


def _deployment(**changed: Any) -> Resource:
    return sample(DEPLOYMENT, {"spec": {"template": {"spec": _HARDENED_POD | changed}}}, "order")


def _with_context(**changed: Any) -> Resource:
    return _deployment(containers=[{"name": "order", "securityContext": _CONTEXT | changed}])


@RULES.resource_rule(
    name="pod-hardening",
    types=WORKLOADS,
    why="The services read what strangers send; a flaw in one of them must not become a flaw of the node.",
    remedy="take the pod's and the container's security settings from the chart's helpers.",
    source="CKV_K8S_6, 16, 20, 22, 23, 31, 37, 38; Pod Security Standards, restricted",
    accepts=(
        _deployment(),
        sample(POD, {"spec": _HARDENED_POD}),
        sample(JOB, _deployment().properties),
        sample(CRON_JOB, {"spec": {"jobTemplate": _deployment().properties}}),
        _with_context(runAsUser=10001, capabilities={"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}),
        _deployment(volumes=[{"name": "tmp", "emptyDir": {"sizeLimit": "256Mi"}}]),
    ),
    rejects={
        "may run as root": _deployment(securityContext={"seccompProfile": {"type": "RuntimeDefault"}}),
        "has no seccomp profile": _deployment(securityContext={"runAsNonRoot": True}),
        "mounts the cluster's token": _deployment(automountServiceAccountToken=None),
        "shares hostNetwork": _deployment(hostNetwork=True),
        "container 'order' may gain privileges": _with_context(allowPrivilegeEscalation=None),
        "container 'order' is privileged": _with_context(privileged=True),
        "container 'order' can write to its root file system": _with_context(readOnlyRootFilesystem=False),
        "container 'order' keeps capabilities": _with_context(capabilities={"drop": ["NET_RAW"]}),
        "container 'setup' may gain privileges": _deployment(initContainers=[{"name": "setup"}]),
        "has no container": _deployment(containers=[]),
        "'order' may run as root": _deployment(
            securityContext={"runAsNonRoot": True, "runAsUser": 0, "seccompProfile": {"type": "RuntimeDefault"}}
        ),
        "'order' mounts the cluster's token": _deployment(
            volumes=[{"name": "token", "projected": {"sources": [{"serviceAccountToken": {"path": "token"}}]}}]
        ),
        "container 'debug' may gain privileges": _deployment(ephemeralContainers=[{"name": "debug"}]),
        "container 'order' sees what the kernel hides": _with_context(procMount="Unmasked"),
        "container 'order' has no AppArmor profile": _with_context(appArmorProfile={"type": "Unconfined"}),
        "'set' may run as root": sample(_SETS[2], {"spec": {"template": {"spec": {}}}}, "set"),
        "container 'order' runs as root": _with_context(runAsUser=0),
        "'order' runs as root": _with_context(runAsNonRoot=False),
        "container 'order' has no seccomp profile": _with_context(seccompProfile={"type": "Unconfined"}),
        "container 'order' adds SYS_ADMIN": _with_context(capabilities={"drop": ["ALL"], "add": ["SYS_ADMIN"]}),
        "container 'order' takes a port of its node": _deployment(
            containers=[{"name": "order", "securityContext": _CONTEXT, "ports": [{"hostPort": 80}]}]
        ),
        "mounts 'socket' of its node": _deployment(volumes=[{"name": "socket", "hostPath": {"path": "/run"}}]),
        "'example' may run as root": sample(CRON_JOB, {"spec": {"jobTemplate": {"spec": {"template": {"spec": {}}}}}}),
        "'example' has no container": sample(POD, {"spec": "nonsense"}),
    },
)
def hardened(workload: Resource) -> Iterator[str]:
    """Pod and containers carry every restriction that the services can live with."""
    pod = pod_of(workload)
    containers = containers_of(pod, "initContainers", "containers", "ephemeralContainers")
    faults = [*_pod_faults(pod), *(fault for container in containers for fault in _container_faults(container))]
    if not containers:
        faults.append("has no container")
    yield from (f"{workload.name!r} {fault}" for fault in faults)


def pod_of(workload: Resource) -> Mapping[str, Any]:
    """The specification of the workload's pods; empty when it states none."""
    spec = mapping(workload.properties.get("spec"))
    if workload.type == POD:
        return spec
    if workload.type == CRON_JOB:
        spec = mapping(mapping(spec.get("jobTemplate")).get("spec"))
    return mapping(mapping(spec.get("template")).get("spec"))


def containers_of(pod: Mapping[str, Any], *kinds: str) -> list[Mapping[str, Any]]:
    """The pod's containers, those that prepare it first; `kinds` names some of its lists only."""
    return [mapping(one) for key in kinds or ("initContainers", "containers") for one in listed(pod.get(key))]


def _pod_faults(pod: Mapping[str, Any]) -> Iterator[str]:
    context = mapping(pod.get("securityContext"))
    if context.get("runAsNonRoot") is not True or context.get("runAsUser") == 0:
        yield "may run as root"
    if mapping(context.get("seccompProfile")).get("type") not in ("RuntimeDefault", "Localhost"):
        yield "has no seccomp profile"
    # A token without an audience is one for the cluster itself, whichever way it comes in.
    projected = [mapping(mapping(one).get("projected")).get("sources") for one in listed(pod.get("volumes"))]
    tokens = [mapping(source).get("serviceAccountToken") for some in projected for source in listed(some)]
    audiences = [mapping(token).get("audience") for token in tokens if token is not None]
    if pod.get("automountServiceAccountToken") is not False or not all(audiences):
        yield "mounts the cluster's token"
    for shared in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(shared):
            yield f"shares {shared} with its node"
    for volume in map(mapping, listed(pod.get("volumes"))):
        if volume.get("hostPath"):
            yield f"mounts {volume.get('name')!r} of its node"


def _container_faults(container: Mapping[str, Any]) -> Iterator[str]:
    context = mapping(container.get("securityContext"))
    capabilities = mapping(context.get("capabilities"))
    added = set(map(str, listed(capabilities.get("add")))) - {"NET_BIND_SERVICE"}
    wrong = {
        "may gain privileges": context.get("allowPrivilegeEscalation") is not False,
        "is privileged": bool(context.get("privileged")),
        "can write to its root file system": context.get("readOnlyRootFilesystem") is not True,
        "keeps capabilities": "ALL" not in listed(capabilities.get("drop")),
        f"adds {', '.join(sorted(added))}": bool(added),
        "runs as root": context.get("runAsNonRoot") is False or context.get("runAsUser") == 0,
        "has no seccomp profile": mapping(context.get("seccompProfile")).get("type") == "Unconfined",
        "sees what the kernel hides": context.get("procMount") == "Unmasked",
        "has no AppArmor profile": mapping(context.get("appArmorProfile")).get("type") == "Unconfined",
        "takes a port of its node": any(mapping(port).get("hostPort") for port in listed(container.get("ports"))),
    }
    yield from (f"container {container.get('name')!r} {fault}" for fault, is_so in wrong.items() if is_so)
