"""Deployments become pods with names, addresses, environments and probes of their own."""

from typing import Any

import pytest

from local.cluster.addresses import FIRST, LAST, assign
from local.cluster.errors import ClusterError, NotHonouredError
from local.cluster.manifests import read_manifests
from local.cluster.pods import build_cluster
from local.cluster.probes import Probe
from tests.unit.cluster.samples import autoscaler, changed, deployment, job, scaled_object

CONTAINER = "spec.template.spec.containers.0"


def test_each_replica_is_a_pod_with_its_own_name_and_address() -> None:
    cluster = build_cluster(read_manifests([deployment("order", 2), deployment("relay", 1)]), "127.80.3", {})
    assert [(pod.name, pod.workload, pod.ip) for pod in cluster.pods] == [
        ("order-0", "order", "127.80.3.10"),
        ("order-1", "order", "127.80.3.11"),
        ("relay-0", "relay", "127.80.3.12"),
    ]


def test_a_pod_runs_what_the_chart_says() -> None:
    document = changed(deployment(), f"{CONTAINER}.args", ["--verbose"])
    first, second = build_cluster(read_manifests([document]), "127.80.3", {}).pods
    assert first.command == ("python", "-m", "services", "order", "web", "--verbose")
    assert first.environment == {"POD_IP": "127.80.3.10", "PORT": "8080"}
    assert second.environment == {"POD_IP": "127.80.3.11", "PORT": "8080"}
    assert first.grace_seconds == 35


def test_the_downward_api_knows_the_pods_name() -> None:
    variables = [{"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]
    document = changed(deployment(), f"{CONTAINER}.env", variables)
    pods = build_cluster(read_manifests([document]), "127.80.3", {}).pods
    assert [pod.environment["POD_NAME"] for pod in pods] == ["order-0", "order-1"]


def test_probes_keep_the_charts_numbers_and_the_defaults_of_kubernetes() -> None:
    pod = build_cluster(read_manifests([deployment()]), "127.80.3", {}).pods[0]
    assert pod.probes.startup == Probe("/healthz", 8080, 0, 1, 1, 1, 30)
    assert pod.probes.readiness == Probe("/readyz", 8080, 0, 1, 1, 1, 1)
    document = changed(deployment(), f"{CONTAINER}.livenessProbe", {"httpGet": {"port": 9000}})
    pod = build_cluster(read_manifests([document]), "127.80.3", {}).pods[0]
    assert pod.probes.liveness == Probe("/", 9000, 0, 10, 1, 1, 3)


def test_a_probe_of_an_unknown_port_is_refused() -> None:
    document = changed(deployment(), f"{CONTAINER}.livenessProbe.httpGet.port", "admin")
    with pytest.raises(NotHonouredError, match=r"livenessProbe.*'admin'"):
        build_cluster(read_manifests([document]), "127.80.3", {})


@pytest.mark.parametrize("path", [f"{CONTAINER}.args", f"{CONTAINER}.env"])
def test_a_reference_to_another_variable_is_refused(path: str) -> None:
    value = ["$(PORT)"] if path.endswith("args") else [{"name": "URL", "value": "http://$(POD_IP)"}]
    with pytest.raises(NotHonouredError, match=r"\$\(PO"):
        build_cluster(read_manifests([changed(deployment(), path, value)]), "127.80.3", {})


def test_jobs_are_kept_apart_and_have_their_deadline() -> None:
    cluster = build_cluster(read_manifests([deployment(), job(activeDeadlineSeconds=90)]), "127.80.3", {})
    (run,) = cluster.jobs
    assert (run.name, run.deadline_seconds) == ("database", 90)
    assert run.ip not in {pod.ip for pod in cluster.pods}


def test_two_pods_of_one_name_are_refused() -> None:
    with pytest.raises(NotHonouredError, match="order-0"):
        build_cluster(read_manifests([deployment("order"), deployment("order")]), "127.80.3", {})


def test_a_pod_keeps_its_address_when_others_come_and_go() -> None:
    before = assign(["a-0", "b-0", "c-0"], {})
    after = assign(["a-0", "aa-0", "c-0", "d-0"], before)
    assert {name: after[name] for name in ("a-0", "c-0")} == {name: before[name] for name in ("a-0", "c-0")}
    assert after["aa-0"] == before["b-0"]
    assert len(set(after.values())) == len(after)


def test_more_pods_than_addresses_are_refused() -> None:
    room = LAST - FIRST + 1
    assert len(assign([f"a-{index}" for index in range(room)], {})) == room
    with pytest.raises(ClusterError, match=str(room)):
        assign([f"a-{index}" for index in range(room + 1)], {})


@pytest.mark.parametrize("scaler", [autoscaler(), scaled_object()], ids=lambda scaler: scaler["kind"])
def test_an_autoscaled_deployment_has_its_fewest_pods(scaler: dict[str, Any]) -> None:
    document = changed(deployment(), "spec.replicas", None)
    assert len(build_cluster(read_manifests([document, scaler]), "127.80.3", {}).pods) == 3
    assert len(build_cluster(read_manifests([document]), "127.80.3", {}).pods) == 1


def test_a_number_of_pods_that_two_decide_is_refused() -> None:
    with pytest.raises(NotHonouredError, match="something else too says how many order has"):
        build_cluster(read_manifests([deployment(replicas=2), autoscaler()]), "127.80.3", {})
    document = changed(deployment(), "spec.replicas", None)
    with pytest.raises(NotHonouredError, match="something else too says how many order has"):
        build_cluster(read_manifests([document, autoscaler(), scaled_object()]), "127.80.3", {})


def test_an_autoscaler_of_nothing_is_refused() -> None:
    with pytest.raises(NotHonouredError, match="counts the pods of relay, which is not there"):
        build_cluster(read_manifests([deployment(), autoscaler("relay")]), "127.80.3", {})
