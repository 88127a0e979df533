"""Every rendered document is what Kubernetes accepts, and the release holds what the registry lists."""

import copy

import helm_python
import kubernetes_validate
import pytest
from jsonschema import ValidationError

from services.registry import SERVICES, Role
from tests.unit.charts.kinds import KUBERNETES, check
from tests.unit.charts.release import CHART, STACKS, container, documents, named, of_kind, render, values

INFO = 1


@pytest.fixture(params=STACKS)
def stack(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_both_regions_are_looked_at() -> None:
    assert {"eu", "apac"} <= set(STACKS)


def test_every_document_satisfies_the_strict_kubernetes_schema(stack: str) -> None:
    for document in documents(stack):
        check(document)


def test_the_kubernetes_schema_would_notice_a_misspelt_field() -> None:
    deployment = copy.deepcopy(of_kind(documents("eu"), "Deployment")[0])
    deployment["spec"]["replicaz"] = 2
    with pytest.raises(kubernetes_validate.ValidationError, match="replicaz"):
        kubernetes_validate.validate(deployment, KUBERNETES, strict=True)


@pytest.mark.parametrize("kind", ["ScaledObject", "TargetGroupBinding", "TriggerAuthentication"])
def test_the_schema_of_a_custom_kind_would_notice_a_misspelt_field(kind: str) -> None:
    document = copy.deepcopy(of_kind(documents("eu"), kind)[0])
    document["spec"]["pollingIntervall"] = 2
    with pytest.raises(ValidationError, match="pollingIntervall"):
        check(document)


def test_lint_has_nothing_to_warn_of(stack: str) -> None:
    report = helm_python.lint(CHART, values(stack), strict=True)
    assert report["errors"] == []
    assert [message for message in report["messages"] if message["severity"] > INFO] == []


def test_each_service_becomes_the_kind_its_role_asks_for(stack: str) -> None:
    found = documents(stack)
    kinds = {one["metadata"]["name"]: one["kind"] for one in of_kind(found, "Deployment", "Job")}
    assert kinds == {one.name: "Job" if one.role is Role.MIGRATE else "Deployment" for one in SERVICES}
    web = {one.name for one in SERVICES if one.role is Role.WEB}
    assert {one["metadata"]["name"] for one in of_kind(found, "Service")} == web


def test_each_workload_runs_its_registered_command_from_the_release_s_image(stack: str) -> None:
    image = values(stack)["image"]
    for service in SERVICES:
        kind = "Job" if service.role is Role.MIGRATE else "Deployment"
        only = container(named(documents(stack), kind, service.name))
        assert only["command"] == list(service.command)
        assert only["image"] == f"{image['repository']}:{image['tag']}"


def test_an_image_whose_digest_is_known_is_run_by_it() -> None:
    known = copy.deepcopy(values("eu"))
    known["image"]["digest"] = digest = "sha256:" + "0f" * 32
    images = {container(one)["image"] for one in of_kind(render(known), "Deployment", "Job")}
    assert images == {f"{known['image']['repository']}:{known['image']['tag']}@{digest}"}


def test_sizes_are_those_of_the_settings(stack: str) -> None:
    for name, workload in values(stack)["workloads"].items():
        if workload["role"] == "migrate":
            continue
        deployment = named(documents(stack), "Deployment", name)
        size = workload["resources"]
        assert container(deployment)["resources"] == {
            "requests": {"cpu": size["cpu"], "memory": size["memory"]},
            "limits": {"memory": size["memory"]},
        }


def test_every_document_names_its_release_version_and_region(stack: str) -> None:
    for document in documents(stack):
        labels = document["metadata"]["labels"]
        assert labels["app.kubernetes.io/instance"] == "cloud-sales"
        assert labels["app.kubernetes.io/part-of"] == "cloud-sales"
        assert labels["app.kubernetes.io/version"] == values(stack)["image"]["tag"]
        assert labels["cloud-sales/region"] == stack
        assert document["metadata"]["namespace"] == "cloud-sales"


def test_a_release_of_workers_alone_has_neither_service_nor_binding() -> None:
    chosen = values("eu")
    chosen["workloads"] = {"relay": chosen["workloads"]["relay"]}
    assert sorted(one["kind"] for one in render(chosen)) == [
        "Deployment",
        "HorizontalPodAutoscaler",
        "NetworkPolicy",
        "NetworkPolicy",
        "PodDisruptionBudget",
        "ServiceAccount",
    ]
