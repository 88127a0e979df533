"""Every stack as it stands in the repository can be run on one machine: nothing of its release is refused."""

from pathlib import Path

import pytest

from local.cluster.edge.backends import entries
from local.cluster.edge.balancer import rules
from local.cluster.edge.config import edge_config
from local.cluster.edge.gateway import operations
from local.cluster.edge.throttling import throttle_filters
from local.cluster.manifests import Manifests, read_manifests
from local.cluster.pods import Cluster, build_cluster
from local.cluster.render import RELEASE_TYPE, render
from local.host.capture import ROOT
from services.registry import SERVICES, Role
from tests.support.stacks import STACKS, model_of, only
from tests.unit.cluster.envoy import validate

pytestmark = pytest.mark.parametrize("stack", STACKS)


def _release(stack: str) -> tuple[Manifests, Cluster]:
    release = only(model_of(stack), RELEASE_TYPE)
    manifests = read_manifests(render(release, ROOT / "stacks" / release.inputs["chart"]))
    return manifests, build_cluster(manifests, "127.80.3", {})


def test_every_service_runs_with_its_own_command(stack: str) -> None:
    _, cluster = _release(stack)
    jobs = {service.name: service.command for service in SERVICES if service.role is Role.MIGRATE}
    served = {service.name: service.command for service in SERVICES if service.role is not Role.MIGRATE}
    assert {job.workload: job.command for job in cluster.jobs} == jobs
    assert {pod.workload: pod.command for pod in cluster.pods} == served


def test_every_pod_listens_at_its_own_address_and_is_probed_there(stack: str) -> None:
    _, cluster = _release(stack)
    assert len({pod.ip for pod in cluster.pods}) == len(cluster.pods)
    for pod in cluster.pods:
        assert pod.environment["POD_IP"] == pod.ip
        for probe in (pod.probes.startup, pod.probes.readiness, pod.probes.liveness):
            assert probe is not None
            assert str(probe.port) == pod.environment["PORT"]


def test_the_edge_offers_exactly_the_registrys_routes_to_who_has_a_token(stack: str, tmp_path: Path) -> None:
    manifests, cluster = _release(stack)
    model = model_of(stack)
    declared = operations(model)
    assert {(operation.method, operation.path) for operation in declared} == {
        (route.method, route.path) for service in SERVICES for route in service.routes
    }
    public = {(route.method, route.path) for service in SERVICES for route in service.routes if route.public}
    assert {(operation.method, operation.path) for operation in declared if not operation.authorizer} == public
    reached = entries(rules(model), manifests, cluster.pods)
    assert all(entry.backend.endpoints and entry.backend.health for entry in reached)
    keys = ("127.80.3.1", 4566)
    assert validate(edge_config(declared, reached, throttle_filters(model), ("127.0.0.1", 8080), keys), tmp_path) == ""
