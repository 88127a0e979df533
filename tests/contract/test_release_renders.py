"""The release that a stack really declares: the chart takes its values, Kubernetes its documents, the judge both."""

import re
from functools import cache
from typing import Any

import helm_python
import pytest

from local.cluster.edge.balancer import matches, rules
from local.host import Model, capture
from policies.catalogue import all_rules
from policies.judge import Level, Options, Resource, judge
from policies.manifests import resource_of
from services.registry import SERVICES
from tests.support.stacks import WORLDWIDE
from tests.unit.charts.kinds import check
from tests.unit.charts.release import CHART, STACKS, Document, named, of_kind, render, values

RELEASE = "kubernetes:helm.sh/v3:Release"
ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation"


@cache
def model_of(stack: str) -> Model:
    return capture(stack)


def release_values(stack: str) -> dict[str, Any]:
    (release,) = model_of(stack).of_type(RELEASE)
    return dict(release.inputs["values"])


@cache
def rendered(stack: str) -> tuple[Document, ...]:
    return tuple(render(release_values(stack)))


def everything_judged(stack: str) -> list[Resource]:
    declared = [
        Resource(one.type, one.name, one.urn, one.inputs, Options(one.protect, one.ignore_changes))
        for one in model_of(stack)
    ]
    return declared + [resource_of(document) for document in rendered(stack)]


@pytest.mark.parametrize("stack", STACKS)
def test_the_declared_values_render_to_what_kubernetes_accepts(stack: str) -> None:
    report = helm_python.lint(CHART, release_values(stack), strict=True)
    assert report["errors"] == []
    assert {one["metadata"]["name"] for one in of_kind(rendered(stack), "Deployment", "Job")} == {
        service.name for service in SERVICES
    }
    for document in rendered(stack):
        check(document)


@pytest.mark.parametrize("stack", STACKS)
def test_the_unit_tests_of_the_chart_use_values_like_the_declared_ones(stack: str) -> None:
    declared, assumed = release_values(stack), values(stack)
    for chosen in (declared, assumed):
        del chosen["environment"]
        chosen["workloads"] = {
            name: {
                key: {"queues": len, "targetGroup": bool}.get(key, lambda stated: stated)(value)
                for key, value in workload.items()
                if key != "environment"
            }
            for name, workload in chosen["workloads"].items()
        }
    assert declared == assumed


@pytest.mark.parametrize("stack", STACKS)
def test_every_pod_identity_is_bound_to_the_account_of_a_pod(stack: str) -> None:
    (release,) = model_of(stack).of_type(RELEASE)
    bound = {(one.inputs["namespace"], one.inputs["serviceAccount"]) for one in model_of(stack).of_type(ASSOCIATION)}
    accounts = {one["metadata"]["name"] for one in of_kind(rendered(stack), "ServiceAccount")}
    assert bound == {(release.inputs["namespace"], account) for account in accounts} | {("keda", "keda-operator")}


@pytest.mark.parametrize("stack", STACKS)
def test_every_route_of_the_api_leads_to_the_pods_of_its_service(stack: str) -> None:
    bindings = {one["spec"]["targetGroupARN"]: one["spec"] for one in of_kind(rendered(stack), "TargetGroupBinding")}
    balanced = rules(model_of(stack))
    for service in SERVICES:
        for route in service.routes:
            path = re.sub(r"\{.*?\}", "1", route.path)
            groups = {
                rule.target_group for rule in balanced if any(matches(pattern, path) for pattern in rule.patterns)
            }
            assert [bindings[group]["serviceRef"]["name"] for group in groups] == [service.name], route
            assert named(rendered(stack), "Service", service.name)


@pytest.mark.parametrize("stack", STACKS)
def test_stack_and_release_break_no_rule(stack: str) -> None:
    violations = judge(everything_judged(stack))
    assert [str(violation) for violation in violations if violation.level is Level.MANDATORY] == []


def test_no_rule_was_green_for_want_of_anything_to_judge() -> None:
    declared = {resource.type for resource in everything_judged("eu")} | {one.type for one in model_of(WORLDWIDE)}
    assert [rule.name for rule in all_rules() if declared.isdisjoint(rule.types)] == []
