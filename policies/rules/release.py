"""What stands beside the pods of a workload: what counts them, keeps some of them, spreads and shields them."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.examples import sample
from policies.model import Resource, Stack
from policies.reading import listed, mapping
from policies.registry import RULES

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
BUDGET = "kubernetes:policy/v1:PodDisruptionBudget"
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
AUTOSCALERS = ("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "kubernetes:keda.sh/v1alpha1:ScaledObject")
ZONE = "topology.kubernetes.io/zone"

_LABELS = {"app": "order"}
_SPREAD = [{"topologyKey": ZONE, "maxSkew": 1}]


def _deployment(spread: object = _SPREAD, **changed: Any) -> Resource:
    template = {"metadata": {"labels": _LABELS}, "spec": {"topologySpreadConstraints": spread}}
    spec = {"selector": {"matchLabels": _LABELS}, "template": template}
    return sample(DEPLOYMENT, {"metadata": {"name": "order", "namespace": "shop"}, "spec": spec | changed}, "order")


def _scaler(kind: str = AUTOSCALERS[0]) -> Resource:
    return sample(kind, {"spec": {"scaleTargetRef": {"name": "order"}}}, f"{kind[-6:]}-order")


def _budget(labels: Mapping[str, str] = _LABELS) -> Resource:
    return sample(BUDGET, {"spec": {"selector": {"matchLabels": labels}, "maxUnavailable": 1}}, "order")


def _deny(namespace: str = "shop", **changed: Any) -> Resource:
    spec = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]} | changed
    return sample(POLICY, {"metadata": {"name": "default-deny", "namespace": namespace}, "spec": spec}, "default-deny")


@RULES.stack_rule(
    name="pods-survive-upkeep",
    types=(DEPLOYMENT, BUDGET, *AUTOSCALERS),
    why="A drained node, a lost zone and a peak each take a service that has nothing beside it to keep its pods.",
    remedy="take autoscaler, budget and spread from the chart's templates.",
    source="this project's design, rule 37; KEDA: its own autoscaler and another one work against each other",
    accepts=([_deployment(), _scaler(), _budget()], [_deployment(), _scaler(AUTOSCALERS[1]), _budget()]),
    rejects={
        "has no autoscaler": [_deployment(), _budget()],
        "has 2 autoscalers": [_deployment(), _scaler(), _scaler(AUTOSCALERS[1]), _budget()],
        "has no disruption budget": [_deployment(), _scaler(), _budget({"app": "relay"})],
        "is not spread over zones": [_deployment(spread=None), _scaler(), _budget()],
        "states how many pods it has": [_deployment(replicas=2), _scaler(), _budget()],
    },
)
def survives_upkeep(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Every Deployment has one autoscaler, which alone counts its pods, a budget for them, and a spread over zones."""
    targets = [_spec(one, "scaleTargetRef").get("name") for one in stack.of_type(*AUTOSCALERS)]
    kept = [dict(mapping(_spec(one, "selector").get("matchLabels"))) for one in stack.of_type(BUDGET)]
    for deployment in stack.of_type(DEPLOYMENT):
        scalers = targets.count(deployment.name)
        if scalers != 1:
            yield deployment, f"{deployment.name!r} has {scalers or 'no'} autoscaler{'s' if scalers else ''}"
        if dict(mapping(_spec(deployment, "selector").get("matchLabels"))) not in kept:
            yield deployment, f"{deployment.name!r} has no disruption budget of its own"
        pod = mapping(_spec(deployment, "template").get("spec"))
        if ZONE not in [mapping(one).get("topologyKey") for one in listed(pod.get("topologySpreadConstraints"))]:
            yield deployment, f"{deployment.name!r} is not spread over zones"
        if mapping(deployment.properties.get("spec")).get("replicas") is not None:
            yield deployment, f"{deployment.name!r} states how many pods it has, which its autoscaler decides"


@RULES.stack_rule(
    name="network-denied-by-default",
    types=(DEPLOYMENT, POLICY),
    why="Without a policy every pod may call every other one, and an intruder in one of them may call out.",
    remedy="take the policies from the chart's networkpolicy.yaml.",
    source="CKV2_K8S_6; this project's design, rule 38",
    accepts=([_deployment(), _deny()],),
    rejects={
        "of 'order' is open by default": [_deployment()],
        "the namespace 'shop'": [_deployment(), _deny("other")],
        "namespace 'shop' of 'order'": [_deployment(), _deny(policyTypes=["Ingress"])],
        "open by default": [_deployment(), _deny(egress=[{}])],
    },
)
def denied_by_default(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """The namespace of every Deployment has a policy that is about all pods and allows nothing."""
    closed = {_namespace(one) for one in stack.of_type(POLICY) if _denies(mapping(one.properties.get("spec")))}
    for deployment in stack.of_type(DEPLOYMENT):
        if _namespace(deployment) not in closed:
            yield deployment, f"the namespace {_namespace(deployment)!r} of {deployment.name!r} is open by default"


def _denies(spec: Mapping[str, Any]) -> bool:
    both = {"Ingress", "Egress"} <= set(listed(spec.get("policyTypes")))
    return both and not spec.get("podSelector") and not spec.get("ingress") and not spec.get("egress")


def _namespace(resource: Resource) -> str:
    return str(mapping(resource.properties.get("metadata")).get("namespace", "default"))


def _spec(resource: Resource, key: str) -> Mapping[str, Any]:
    return mapping(mapping(resource.properties.get("spec")).get(key))
