"""What a pod is given and asked: its share of the node, and whether it works."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from policies.examples import sample
from policies.model import Resource
from policies.reading import mapping
from policies.registry import RULES
from policies.rules.pods import DEPLOYMENT, JOB, SERVING, WORKLOADS, containers_of, pod_of

RELEASE = "kubernetes:helm.sh/v3:Release"
"""A release of a chart; what stands in the values of ours is judged before its pods are rendered."""

_PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
_ASKED = ("exec", "grpc", "httpGet", "tcpSocket")
_QUANTITY = re.compile(r"(?=[0-9.]*[1-9])[0-9]+(\.[0-9]+)?([numkMGTPE]|[KMGTPE]i)?")

_PROBE = {"httpGet": {"path": "/healthz", "port": "http"}}
_RESOURCES = {"requests": {"cpu": "250m", "memory": "256Mi"}, "limits": {"memory": "256Mi"}}
_CONTAINER = {"name": "order", "resources": _RESOURCES, **dict.fromkeys(_PROBES, _PROBE)}


def _workload(kind: str = DEPLOYMENT, **changed: Any) -> Resource:
    pod = {"containers": [_CONTAINER | changed]}
    return sample(kind, {"spec": {"template": {"spec": pod}}}, "order")


def _release(**resources: Any) -> Resource:
    values = {"workloads": {"order": {"role": "web", "resources": resources}}}
    return sample(RELEASE, {"chart": "../charts/cloud-sales", "values": values}, "cloud-sales")


@RULES.resource_rule(
    name="pod-resources-probes",
    types=(*WORKLOADS, RELEASE),
    why="A pod without requests is put where there is no room, one without a memory limit takes its neighbours down, "
    "and without probes a pod that hangs goes on getting requests. A CPU limit is not asked for: it slows a pod on an "
    "idle node.",
    remedy="state resources.requests.cpu and .memory and resources.limits.memory, a startupProbe, a livenessProbe and "
    "a readinessProbe; in the settings a workload's cpu and memory bring the first three.",
    source="CKV_K8S_8, 9, 10, 11, 12, 13; this project's design: no CPU limit",
    accepts=(
        _workload(),
        _workload(JOB, startupProbe=None, livenessProbe=None, readinessProbe=None),
        _workload(resources={"requests": {"cpu": 1, "memory": "1Gi"}, "limits": {"memory": "1Gi", "cpu": "2"}}),
        _workload(livenessProbe={"tcpSocket": {"port": 8080}}),
        _release(cpu="250m", memory="256Mi"),
        sample(RELEASE, {"chart": "keda", "values": {"replicas": 2}}),
    ),
    rejects={
        "container 'order' of 'order' states no request of cpu": _workload(
            resources=_RESOURCES | {"requests": {"memory": "256Mi"}}
        ),
        "states no request of memory": _workload(resources=_RESOURCES | {"requests": {"cpu": "250m"}}),
        "container 'order' of 'order' states no request of memory": _workload(
            resources=_RESOURCES | {"requests": {"cpu": "250m", "memory": "0Mi"}}
        ),
        "states no limit of memory": _workload(resources=_RESOURCES | {"limits": {"cpu": "1"}}),
        "container 'order' of 'order' states no limit": _workload(resources=None),
        "states no request of cpu": _workload(
            JOB, resources=_RESOURCES | {"requests": {"cpu": "much", "memory": "1Gi"}}
        ),
        "has no startupProbe": _workload(startupProbe=None),
        "has no livenessProbe": _workload(livenessProbe={}),
        "has no readinessProbe": _workload(readinessProbe={"periodSeconds": 3}),
        "container 'setup' of 'order' states no request": sample(
            DEPLOYMENT, {"spec": {"template": {"spec": {"initContainers": [{"name": "setup"}]}}}}, "order"
        ),
        "workload 'order' of 'cloud-sales' states no cpu": _release(memory="256Mi"),
        "workload 'order' of 'cloud-sales' states no memory": _release(cpu="250m", memory=""),
    },
)
def measured_and_asked(workload: Resource) -> Iterator[str]:
    """Every container states its share; those that run for ever can be asked whether they work."""
    if workload.type == RELEASE:
        yield from _release_faults(workload)
        return
    pod = pod_of(workload)
    for container in containers_of(pod):
        for lack in _unmeasured(mapping(container.get("resources"))):
            yield f"container {container.get('name')!r} of {workload.name!r} states no {lack}"
    if workload.type in SERVING:
        for container in containers_of(pod, "containers"):
            for probe in _PROBES:
                if not any(way in mapping(container.get(probe)) for way in _ASKED):
                    yield f"container {container.get('name')!r} of {workload.name!r} has no {probe}"


def workloads_of(release: Resource) -> Mapping[str, Mapping[str, Any]]:
    """The workloads in the values of a release of our chart; none in those of another one."""
    values = mapping(release.properties.get("values"))
    return {str(name): mapping(stated) for name, stated in mapping(values.get("workloads")).items()}


def _release_faults(release: Resource) -> Iterator[str]:
    for name, stated in workloads_of(release).items():
        for amount in ("cpu", "memory"):
            if not _is_quantity(mapping(stated.get("resources")).get(amount)):
                yield f"workload {name!r} of {release.name!r} states no {amount}"


def _unmeasured(resources: Mapping[str, Any]) -> Iterator[str]:
    for kind, key, amount in (
        ("request", "requests", "cpu"),
        ("request", "requests", "memory"),
        ("limit", "limits", "memory"),
    ):
        if not _is_quantity(mapping(resources.get(key)).get(amount)):
            yield f"{kind} of {amount}"


def _is_quantity(value: object) -> bool:
    return (
        isinstance(value, int | float | str) and bool(_QUANTITY.fullmatch(str(value))) and str(value) not in ("0", "")
    )
