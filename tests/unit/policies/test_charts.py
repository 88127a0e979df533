"""What the chart renders to is held to the rules for pods."""

import copy

import pytest

from policies.judge import judge
from policies.manifests import resource_of
from tests.unit.charts.release import STACKS, documents, named


@pytest.mark.parametrize("stack", STACKS)
def test_the_rendered_release_breaks_no_rule(stack: str) -> None:
    assert judge(map(resource_of, documents(stack))) == []


@pytest.mark.parametrize("kind_and_name", [("Deployment", "order"), ("Job", "database")])
def test_a_softened_pod_would_be_noticed(kind_and_name: tuple[str, str]) -> None:
    softened = copy.deepcopy(named(documents("eu"), *kind_and_name))
    softened["spec"]["template"]["spec"]["containers"][0]["securityContext"]["readOnlyRootFilesystem"] = False
    (violation,) = (one for one in judge([resource_of(softened)]) if one.rule == "pod-hardening")
    assert kind_and_name[1] in violation.message


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("HorizontalPodAutoscaler", "pdb-hpa-spread"),
        ("PodDisruptionBudget", "pdb-hpa-spread"),
        ("NetworkPolicy", "network-policy-per-namespace"),
    ],
)
def test_a_kind_that_the_chart_forgot_would_be_noticed(kind: str, rule: str) -> None:
    left = [document for document in documents("eu") if document["kind"] != kind]
    assert {violation.rule for violation in judge(map(resource_of, left))} == {rule}


def test_kinds_get_the_type_tokens_of_the_kubernetes_provider() -> None:
    types = {resource_of(document).type for document in documents("eu")}
    assert types == {
        "kubernetes:apps/v1:Deployment",
        "kubernetes:batch/v1:Job",
        "kubernetes:core/v1:Service",
        "kubernetes:core/v1:ServiceAccount",
        "kubernetes:eks.amazonaws.com/v1:TargetGroupBinding",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy",
        "kubernetes:policy/v1:PodDisruptionBudget",
        "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
        "kubernetes:keda.sh/v1alpha1:ScaledObject",
        "kubernetes:keda.sh/v1alpha1:TriggerAuthentication",
    }
