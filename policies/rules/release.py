"""What stands beside the pods of a workload: what counts them, keeps some of them, and spreads them."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.examples import sample
from policies.model import Resource, Stack
from policies.reading import listed, mapping
from policies.registry import RULES
from policies.rules.pods import DEPLOYMENT

BUDGET = "kubernetes:policy/v1:PodDisruptionBudget"
AUTOSCALERS = ("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "kubernetes:keda.sh/v1alpha1:ScaledObject")
ZONE = "topology.kubernetes.io/zone"

_LABELS = {"app": "order"}
_SPREAD = [{"topologyKey": ZONE, "maxSkew": 1}]


def _deployment(spread: object = _SPREAD, **changed: Any) -> Resource:
    template = {"metadata": {"labels": _LABELS}, "spec": {"topologySpreadConstraints": spread}}
    spec = {"selector": {"matchLabels": _LABELS}, "template": template}
    return sample(DEPLOYMENT, {"metadata": {"name": "order", "namespace": "shop"}, "spec": spec | changed}, "order")


def _scaler(scaler: str = AUTOSCALERS[0], namespace: str = "shop", **target: Any) -> Resource:
    spec = {"scaleTargetRef": {"name": "order", **target}}
    return sample(scaler, {"metadata": {"namespace": namespace}, "spec": spec}, f"{scaler[-6:]}-order")


def _budget(labels: Mapping[str, str] = _LABELS, namespace: str = "shop", **changed: Any) -> Resource:
    spec = {"selector": {"matchLabels": labels}, "maxUnavailable": 1} | changed
    return sample(BUDGET, {"metadata": {"namespace": namespace}, "spec": spec}, "order")


@RULES.stack_rule(
    name="pdb-hpa-spread",
    types=(DEPLOYMENT, BUDGET, *AUTOSCALERS),
    why="A drained node, a lost zone and a peak each take a service that has nothing beside it to keep its pods; and "
    "two autoscalers, or a number beside one, undo each other's work.",
    remedy="take autoscaler, budget and spread from the chart's templates: one HorizontalPodAutoscaler or "
    "ScaledObject, a PodDisruptionBudget with maxUnavailable 1, a topologySpreadConstraint over zones, and no "
    "spec.replicas.",
    source="this project's design, rule 37; KEDA: its own autoscaler and another one work against each other",
    accepts=(
        [_deployment(), _scaler(), _budget()],
        [_deployment(), _scaler(AUTOSCALERS[1], kind="Deployment"), _budget()],
        [_deployment(), _scaler(), _scaler(namespace="bank"), _budget(maxUnavailable="25%")],
        [_deployment(), _scaler(), _budget(maxUnavailable=None, minAvailable=1)],
    ),
    rejects={
        "'order' has no autoscaler": [_deployment(), _budget()],
        "'order' has no autoscaler in 'shop'": [_deployment(), _scaler(namespace="bank"), _budget()],
        "has no autoscaler": [_deployment(), _scaler(kind="StatefulSet"), _budget()],
        "has 2 autoscalers": [_deployment(), _scaler(), _scaler(AUTOSCALERS[1]), _budget()],
        "has no disruption budget": [_deployment(), _scaler(), _budget({"app": "relay"})],
        "'order' has no disruption budget": [_deployment(), _scaler(), _budget(namespace="bank")],
        "budget 'order' lets no pod go": [_deployment(), _scaler(), _budget(maxUnavailable=0)],
        "lets no pod go": [_deployment(), _scaler(), _budget(maxUnavailable=None, minAvailable="100%")],
        "is not spread over zones": [_deployment(spread=None), _scaler(), _budget()],
        "'order' is not spread over zones": [
            _deployment(spread=[{"topologyKey": "kubernetes.io/hostname", "maxSkew": 1}]),
            _scaler(),
            _budget(),
        ],
        "states how many pods it has": [_deployment(replicas=2), _scaler(), _budget()],
    },
)
def survives_upkeep(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Every Deployment has one autoscaler, which alone counts its pods, a budget for them, and a spread over zones."""
    targets = [_target(one) for one in stack.of_type(*AUTOSCALERS)]
    kept = [(namespace_of(one), _labels(one)) for one in stack.of_type(BUDGET)]
    for budget in stack.of_type(BUDGET):
        spec = mapping(budget.properties.get("spec"))
        # Numbers come as such from the chart, and as floating ones from the engine.
        if spec.get("maxUnavailable") in (0, "0%") or spec.get("minAvailable") == "100%":
            yield budget, f"disruption budget {budget.name!r} lets no pod go, and so no node"
    for deployment in stack.of_type(DEPLOYMENT):
        scalers = targets.count((namespace_of(deployment), "Deployment", deployment.name))
        if scalers != 1:
            many = f"{scalers} autoscalers" if scalers else f"no autoscaler in {namespace_of(deployment)!r}"
            yield deployment, f"{deployment.name!r} has {many}"
        if (namespace_of(deployment), _labels(deployment)) not in kept:
            yield deployment, f"{deployment.name!r} has no disruption budget of its own"
        pod = mapping(_spec(deployment, "template").get("spec"))
        if ZONE not in [mapping(one).get("topologyKey") for one in listed(pod.get("topologySpreadConstraints"))]:
            yield deployment, f"{deployment.name!r} is not spread over zones"
        if mapping(deployment.properties.get("spec")).get("replicas") is not None:
            yield deployment, f"{deployment.name!r} states how many pods it has, which its autoscaler decides"


def namespace_of(resource: Resource) -> str:
    """The namespace that the object lies in."""
    return str(mapping(resource.properties.get("metadata")).get("namespace", "default"))


def _target(scaler: Resource) -> tuple[str, str, str]:
    target = _spec(scaler, "scaleTargetRef")
    return namespace_of(scaler), str(target.get("kind", "Deployment")), str(target.get("name"))


def _labels(resource: Resource) -> dict[str, Any]:
    return dict(mapping(_spec(resource, "selector").get("matchLabels")))


def _spec(resource: Resource, key: str) -> Mapping[str, Any]:
    return mapping(mapping(resource.properties.get("spec")).get(key))
