"""Every pod is hardened and probed alike, whatever its role."""

from typing import Any

import pytest

from tests.unit.charts.release import STACKS, Document, container, documents, of_kind

WORKLOADS = [
    pytest.param(document, id=f"{stack}-{document['metadata']['name']}")
    for stack in STACKS
    for document in of_kind(documents(stack), "Deployment", "Job")
]
DEPLOYMENTS = [
    pytest.param(document, id=f"{stack}-{document['metadata']['name']}")
    for stack in STACKS
    for document in of_kind(documents(stack), "Deployment")
]


def pod_of(workload: Document) -> dict[str, Any]:
    return dict(workload["spec"]["template"]["spec"])


@pytest.mark.parametrize("workload", WORKLOADS)
def test_the_pod_runs_as_an_unprivileged_user_under_the_default_seccomp_profile(workload: Document) -> None:
    context = pod_of(workload)["securityContext"]
    assert context["runAsNonRoot"] is True
    assert (context["runAsUser"], context["runAsGroup"], context["fsGroup"]) == (10001, 10001, 10001)
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}


@pytest.mark.parametrize("workload", WORKLOADS)
def test_the_container_can_gain_no_privilege_and_write_only_to_tmp(workload: Document) -> None:
    only = container(workload)
    assert only["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "privileged": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert only["volumeMounts"] == [{"name": "tmp", "mountPath": "/tmp"}]
    assert [(volume["name"], list(volume)) for volume in pod_of(workload)["volumes"]] == [("tmp", ["name", "emptyDir"])]


@pytest.mark.parametrize("workload", WORKLOADS)
def test_the_pod_shares_nothing_with_its_node(workload: Document) -> None:
    pod = pod_of(workload)
    assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
    assert not any("hostPort" in port for port in container(workload).get("ports", []))


@pytest.mark.parametrize("workload", WORKLOADS)
def test_the_pod_acts_as_its_own_service_account_without_a_cluster_token(workload: Document) -> None:
    pod = pod_of(workload)
    assert pod["serviceAccountName"] == workload["metadata"]["name"]
    assert pod["automountServiceAccountToken"] is False


@pytest.mark.parametrize("stack", STACKS)
def test_each_service_account_exists_and_mounts_no_token(stack: str) -> None:
    found = documents(stack)
    accounts = {one["metadata"]["name"]: one for one in of_kind(found, "ServiceAccount")}
    assert accounts.keys() == {one["metadata"]["name"] for one in of_kind(found, "Deployment", "Job")}
    assert all(one["automountServiceAccountToken"] is False for one in accounts.values())


@pytest.mark.parametrize("workload", DEPLOYMENTS)
def test_the_probes_ask_the_one_named_port(workload: Document) -> None:
    only = container(workload)
    assert only["ports"] == [{"name": "http", "containerPort": 8080, "protocol": "TCP"}]
    asked = {kind: only[kind]["httpGet"] for kind in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert asked == {
        "startupProbe": {"path": "/healthz", "port": "http"},
        "livenessProbe": {"path": "/healthz", "port": "http"},
        "readinessProbe": {"path": "/readyz", "port": "http"},
    }


@pytest.mark.parametrize("workload", DEPLOYMENTS)
def test_a_slow_start_is_forgiven_and_a_hang_is_not(workload: Document) -> None:
    only = container(workload)
    startup, liveness, readiness = (only[f"{kind}Probe"] for kind in ("startup", "liveness", "readiness"))
    assert startup["periodSeconds"] * startup["failureThreshold"] >= 60
    assert (liveness["periodSeconds"], liveness["failureThreshold"]) == (10, 3)
    assert 2 <= readiness["periodSeconds"] <= 5
