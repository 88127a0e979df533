"""A release replaces every pod without a request that nobody answers and without work that is cut off."""

from typing import Any

import pytest

from services.common.api.webserver import GRACEFUL_SECONDS
from services.common.pipeline.keeper import WORK_SECONDS
from tests.unit.charts.release import STACKS, Document, container, documents, of_kind

OWN_END_SECONDS = 5
"""What a process takes at least to close its connections after its work."""

DEPLOYMENTS = [
    pytest.param(document, id=f"{stack}-{document['metadata']['name']}")
    for stack in STACKS
    for document in of_kind(documents(stack), "Deployment")
]


def pod_of(workload: Document) -> dict[str, Any]:
    return dict(workload["spec"]["template"]["spec"])


def is_web(workload: Document) -> bool:
    return bool(workload["metadata"]["labels"]["app.kubernetes.io/component"] == "web")


@pytest.mark.parametrize("workload", DEPLOYMENTS)
def test_no_pod_goes_before_its_successor_is_ready(workload: Document) -> None:
    assert workload["spec"]["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1},
    }


@pytest.mark.parametrize("workload", DEPLOYMENTS)
def test_the_next_pod_goes_only_when_the_balancer_has_found_the_new_one(workload: Document) -> None:
    # Ready for Kubernetes is not yet healthy for the balancer: two checks of five seconds, and the way there.
    assert workload["spec"].get("minReadySeconds", 0) >= (15 if is_web(workload) else 0)


@pytest.mark.parametrize("workload", DEPLOYMENTS)
def test_an_api_s_pod_serves_on_while_the_load_balancer_forgets_it(workload: Document) -> None:
    lifecycle = container(workload).get("lifecycle", {})
    if is_web(workload):
        # Longer than a readiness probe needs to fail, so that the load balancer has been told by then.
        probe = container(workload)["readinessProbe"]
        assert lifecycle["preStop"]["sleep"]["seconds"] > probe["periodSeconds"] * probe["failureThreshold"]
    else:
        assert lifecycle == {}


@pytest.mark.parametrize("workload", DEPLOYMENTS)
def test_what_is_in_hand_is_finished_before_the_kill(workload: Document) -> None:
    leaving = container(workload)["lifecycle"]["preStop"]["sleep"]["seconds"] if is_web(workload) else 0
    work = GRACEFUL_SECONDS if is_web(workload) else WORK_SECONDS
    assert pod_of(workload)["terminationGracePeriodSeconds"] >= leaving + work + OWN_END_SECONDS
