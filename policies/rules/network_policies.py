"""Who may talk to whom in the cluster: nobody, but whom a policy names."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.examples import sample
from policies.model import Resource, Stack
from policies.reading import listed, mapping, number
from policies.registry import RULES
from policies.rules.network import too_wide
from policies.rules.pods import JOB, WORKLOADS
from policies.rules.release import namespace_of

POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"

_MOST_PORTS = 100
_PORTS = [{"protocol": "TCP", "port": 8080}]
_ALL = {"ipBlock": {"cidr": "0.0.0.0/0"}}


def _workload(kind: str = WORKLOADS[0], namespace: str = "shop") -> Resource:
    return sample(kind, {"metadata": {"name": "order", "namespace": namespace}}, "order")


def _deny(namespace: str = "shop", **changed: Any) -> Resource:
    spec = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]} | changed
    return sample(POLICY, {"metadata": {"name": "default-deny", "namespace": namespace}, "spec": spec}, "default-deny")


def _allow(**rules: object) -> list[Resource]:
    spec = {"podSelector": {"matchLabels": {"app": "order"}}, "policyTypes": ["Ingress", "Egress"], **rules}
    allowed = sample(POLICY, {"metadata": {"name": "order", "namespace": "shop"}, "spec": spec}, "order")
    return [_workload(), _deny(), allowed]


@RULES.stack_rule(
    name="network-policy-per-namespace",
    types=(*WORKLOADS, POLICY),
    why="Without a policy every pod may call every other one, and an intruder in one of them may call out; and one "
    "rule without a list of peers gives all of that back.",
    remedy="take the policies from the chart's networkpolicy.yaml: a default-deny for the namespace, and for each "
    "workload ingress rules with from, egress rules with to and ports.",
    source="CKV2_K8S_6; this project's design, rule 38",
    accepts=(
        [_workload(), _deny()],
        [_workload(JOB), _deny(podSelector=None)],
        _allow(ingress=[{"from": [{"ipBlock": {"cidr": "10.16.0.0/16"}}], "ports": _PORTS}]),
        _allow(egress=[{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": [{"protocol": "TCP", "port": 443}]}]),
    ),
    rejects={
        "the namespace 'shop' of 'order' is open by default": [_workload()],
        "namespace 'shop' of 'order' is open": [_workload(JOB)],
        "the namespace 'shop'": [_workload(), _deny("other")],
        "namespace 'shop' of 'order'": [_workload(), _deny(policyTypes=["Ingress"])],
        "open by default": [_workload(), _deny(egress=[{}])],
        "is open by default": [_workload(), _deny(podSelector={"matchLabels": {"app": "order"}})],
        "policy 'order' hears everybody": _allow(ingress=[{"ports": _PORTS}]),
        "'order' hears everybody": _allow(ingress=[{"from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": _PORTS}]),
        "network policy 'order' hears": _allow(
            ingress=[{"from": [{"ipBlock": {"cidr": "0.0.0.0/1"}}, {"ipBlock": {"cidr": "128.0.0.0/1"}}]}]
        ),
        "network policy 'order' hears everybody": _allow(ingress=[{"from": [{"namespaceSelector": {}}]}]),
        "'order' hears": _allow(ingress=[{"from": [{}]}]),
        "network policy 'order' lets pods call everybody": _allow(egress=[{"to": [{}], "ports": _PORTS}]),
        "lets pods call at every port": _allow(egress=[{"to": [_ALL], "ports": [{"protocol": "TCP"}]}]),
        "pods call at every port": _allow(egress=[{"to": [_ALL], "ports": [{"port": 1, "endPort": 65535}]}]),
        "policy 'order' lets pods call everybody": _allow(egress=[{"ports": _PORTS}]),
        "policy 'order' lets pods call at every port": _allow(egress=[{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}]),
    },
)
def denied_by_default(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """The namespace of every workload denies all, and what a policy then allows has an end."""
    closed = {namespace_of(one) for one in stack.of_type(POLICY) if _denies(mapping(one.properties.get("spec")))}
    for workload in stack.of_type(*WORKLOADS):
        if namespace_of(workload) not in closed:
            yield workload, f"the namespace {namespace_of(workload)!r} of {workload.name!r} is open by default"
    for policy in stack.of_type(POLICY):
        for fault in _open(mapping(policy.properties.get("spec"))):
            yield policy, f"network policy {policy.name!r} {fault}"


def _denies(spec: Mapping[str, Any]) -> bool:
    both = {"Ingress", "Egress"} <= set(listed(spec.get("policyTypes")))
    return both and not spec.get("podSelector") and not spec.get("ingress") and not spec.get("egress")


def _open(spec: Mapping[str, Any]) -> Iterator[str]:
    for rule in map(mapping, listed(spec.get("ingress"))):
        peers = listed(rule.get("from"))
        if not peers or any(map(_is_everybody, map(mapping, peers))):
            yield "hears everybody"
    for rule in map(mapping, listed(spec.get("egress"))):
        peers, ports = listed(rule.get("to")), listed(rule.get("ports"))
        if not peers or not all(map(mapping, peers)):
            yield "lets pods call everybody"
        elif not ports or any(map(_is_every_port, map(mapping, ports))):
            yield "lets pods call at every port"


def _is_everybody(peer: Mapping[str, Any]) -> bool:
    """Whether the peer is a good part of the internet, or every pod of the cluster."""
    if block := mapping(peer.get("ipBlock")).get("cidr"):
        return bool(too_wide(str(block)))
    return not any(peer.get(selector) for selector in ("podSelector", "namespaceSelector")) and (
        "namespaceSelector" in peer or "podSelector" not in peer
    )


def _is_every_port(stated: Mapping[str, Any]) -> bool:
    first, last = number(stated.get("port")), number(stated.get("endPort"))
    return stated.get("port") is None or (first is not None and last is not None and last - first >= _MOST_PORTS)
