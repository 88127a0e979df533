"""How many pods a workload has: one autoscaler decides, and neither a drain nor a lost zone takes all of them."""

import pytest

from services.registry import QUEUES, SERVICES, Role
from tests.unit.charts.release import STACKS, Document, documents, named, of_kind, render, values

AUTOSCALERS = ("HorizontalPodAutoscaler", "ScaledObject")
RUNNING = {service.name for service in SERVICES if service.role is not Role.MIGRATE}
CONSUMERS = {queue.consumer for queue in QUEUES}


@pytest.fixture(params=STACKS)
def stack(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def targets(found: tuple[Document, ...], kind: str) -> list[str]:
    return sorted(one["spec"]["scaleTargetRef"]["name"] for one in of_kind(found, kind))


def test_queues_decide_for_their_consumers_and_the_load_for_all_others(stack: str) -> None:
    found = documents(stack)
    assert targets(found, "ScaledObject") == sorted(CONSUMERS)
    assert targets(found, "HorizontalPodAutoscaler") == sorted(RUNNING - CONSUMERS)


def test_no_release_takes_back_the_autoscaler_s_decision(stack: str) -> None:
    assert all("replicas" not in one["spec"] for one in of_kind(documents(stack), "Deployment"))


def test_the_autoscaler_stays_within_the_settings(stack: str) -> None:
    for name, workload in values(stack)["workloads"].items():
        if name not in RUNNING:
            continue
        (scaler,) = (one for one in of_kind(documents(stack), *AUTOSCALERS) if one["metadata"]["name"] == name)
        spec = scaler["spec"]
        limits = (
            spec.get("minReplicas", spec.get("minReplicaCount")),
            spec.get("maxReplicas", spec.get("maxReplicaCount")),
        )
        assert limits == (workload["replicas"]["minimum"], workload["replicas"]["maximum"])


def test_the_load_is_measured_against_the_requested_cpu(stack: str) -> None:
    wanted = values(stack)["scaling"]["cpuPercent"]
    for scaler in of_kind(documents(stack), "HorizontalPodAutoscaler"):
        (metric,) = scaler["spec"]["metrics"]
        assert metric == {
            "type": "Resource",
            "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": wanted}},
        }


def test_each_consumed_queue_is_looked_at_by_keda_s_operator(stack: str) -> None:
    stated = values(stack)
    for scaler in of_kind(documents(stack), "ScaledObject"):
        triggers = scaler["spec"]["triggers"]
        queues = stated["workloads"][scaler["metadata"]["name"]]["queues"]
        assert [trigger["metadata"] for trigger in triggers] == [
            {
                "queueURL": url,
                "queueLength": str(stated["scaling"]["messagesPerPod"]),
                "awsRegion": stated["awsRegion"],
            }
            for url in queues
        ]
        for trigger in triggers:
            access = named(documents(stack), "TriggerAuthentication", trigger["authenticationRef"]["name"])
            assert access["spec"]["podIdentity"] == {"provider": "aws", "identityOwner": "keda"}


def test_pods_come_at_once_and_go_one_by_one(stack: str) -> None:
    paces = [one["spec"]["behavior"] for one in of_kind(documents(stack), "HorizontalPodAutoscaler")]
    paces += [
        one["spec"]["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
        for one in of_kind(documents(stack), "ScaledObject")
    ]
    for pace in paces:
        assert pace["scaleUp"]["stabilizationWindowSeconds"] == 0
        assert pace["scaleDown"]["policies"] == [{"type": "Pods", "value": 1, "periodSeconds": 60}]
        assert pace["scaleDown"]["stabilizationWindowSeconds"] == 300


def test_an_upkeep_of_nodes_takes_one_pod_of_a_workload_at_a_time(stack: str) -> None:
    budgets = {one["metadata"]["name"]: one["spec"] for one in of_kind(documents(stack), "PodDisruptionBudget")}
    assert budgets.keys() == RUNNING
    for name, budget in budgets.items():
        assert budget["maxUnavailable"] == 1
        assert budget["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
        assert budget["selector"] == named(documents(stack), "Deployment", name)["spec"]["selector"]


def test_the_pods_of_a_workload_are_spread_over_the_zones_that_are_left(stack: str) -> None:
    for deployment in of_kind(documents(stack), "Deployment"):
        zones, hosts = deployment["spec"]["template"]["spec"]["topologySpreadConstraints"]
        assert (zones["topologyKey"], zones["maxSkew"]) == ("topology.kubernetes.io/zone", 1)
        assert (zones["whenUnsatisfiable"], zones["nodeTaintsPolicy"]) == ("DoNotSchedule", "Honor")
        assert (hosts["topologyKey"], hosts["whenUnsatisfiable"]) == ("kubernetes.io/hostname", "ScheduleAnyway")
        for rule in (zones, hosts):
            assert rule["labelSelector"] == deployment["spec"]["selector"]
            assert rule["matchLabelKeys"] == ["pod-template-hash"]


def test_a_worker_without_a_queue_of_its_own_needs_no_keda() -> None:
    chosen = values("eu")
    chosen["workloads"] = {"relay": chosen["workloads"]["relay"]}
    assert of_kind(render(chosen), "ScaledObject", "TriggerAuthentication") == []
