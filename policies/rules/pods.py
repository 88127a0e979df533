"""Pods of every workload: an intruder in one finds no privilege, no token and nothing to write on."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.examples import sample
from policies.model import Resource
from policies.reading import listed, mapping
from policies.registry import RULES

POD = "kubernetes:core/v1:Pod"
WORKLOADS = (
    "kubernetes:apps/v1:Deployment",
    "kubernetes:apps/v1:StatefulSet",
    "kubernetes:apps/v1:DaemonSet",
    "kubernetes:batch/v1:Job",
)

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
    return sample(WORKLOADS[0], {"spec": {"template": {"spec": _HARDENED_POD | changed}}}, "order")


def _with_context(**changed: Any) -> Resource:
    return _deployment(containers=[{"name": "order", "securityContext": _CONTEXT | changed}])


@RULES.resource_rule(
    name="pod-hardening",
    types=(*WORKLOADS, POD),
    why="The services read what strangers send; a flaw in one of them must not become a flaw of the node.",
    remedy="take the pod's and the container's security settings from the chart's helpers.",
    source="CKV_K8S_6, 16, 20, 22, 23, 31, 37, 38; Pod Security Standards, restricted",
    accepts=(_deployment(), sample(POD, {"spec": _HARDENED_POD}), sample(WORKLOADS[3], _deployment().properties)),
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
    },
)
def hardened(workload: Resource) -> Iterator[str]:
    """Pod and containers carry every restriction that the services can live with."""
    spec = mapping(workload.properties.get("spec"))
    pod = spec if workload.type == POD else mapping(mapping(spec.get("template")).get("spec"))
    containers = [mapping(one) for key in ("initContainers", "containers") for one in listed(pod.get(key))]
    faults = [*_pod_faults(pod), *(fault for container in containers for fault in _container_faults(container))]
    if not containers:
        faults.append("has no container")
    yield from (f"{workload.name!r} {fault}" for fault in faults)


def _pod_faults(pod: Mapping[str, Any]) -> Iterator[str]:
    context = mapping(pod.get("securityContext"))
    if context.get("runAsNonRoot") is not True:
        yield "may run as root"
    if mapping(context.get("seccompProfile")).get("type") not in ("RuntimeDefault", "Localhost"):
        yield "has no seccomp profile"
    if pod.get("automountServiceAccountToken") is not False:
        yield "mounts the cluster's token"
    for shared in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(shared):
            yield f"shares {shared} with its node"


def _container_faults(container: Mapping[str, Any]) -> Iterator[str]:
    context = mapping(container.get("securityContext"))
    name = container.get("name")
    if context.get("allowPrivilegeEscalation") is not False:
        yield f"container {name!r} may gain privileges"
    if context.get("privileged"):
        yield f"container {name!r} is privileged"
    if context.get("readOnlyRootFilesystem") is not True:
        yield f"container {name!r} can write to its root file system"
    if "ALL" not in listed(mapping(context.get("capabilities")).get("drop")):
        yield f"container {name!r} keeps capabilities"
