"""Who may talk to whom: nobody, and then what a workload's role and needs call for."""

from ipaddress import IPv4Network
from typing import Any

import pytest

from services.registry import SERVICES, Need, Role
from tests.unit.charts.release import STACKS, documents, named, of_kind, values

POD_IDENTITY = "169.254.170.23/32"
ANYWHERE = "0.0.0.0/0"


@pytest.fixture(params=STACKS)
def stack(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def policies(stack: str) -> dict[str, dict[str, Any]]:
    return {one["metadata"]["name"]: one["spec"] for one in of_kind(documents(stack), "NetworkPolicy")}


def blocks(rule: dict[str, Any], side: str) -> tuple[list[str], list[tuple[str, object]]]:
    cidrs = [peer["ipBlock"]["cidr"] for peer in rule[side]]
    return cidrs, [(port["protocol"], port["port"]) for port in rule["ports"]]


def test_what_is_not_allowed_is_denied_both_ways(stack: str) -> None:
    assert policies(stack)["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_a_policy_is_about_the_pods_of_its_workload_alone(stack: str) -> None:
    for name, policy in policies(stack).items():
        if name != "default-deny":
            kind = "Job" if named_role(name) is Role.MIGRATE else "Deployment"
            labels = named(documents(stack), kind, name)["spec"]["template"]["metadata"]["labels"]
            assert policy["podSelector"]["matchLabels"].items() <= labels.items()
            assert policy["podSelector"]["matchLabels"]["app.kubernetes.io/name"] == name
            assert policy["policyTypes"] == ["Ingress", "Egress"]


def test_only_the_load_balancer_calls_pods_and_only_those_of_an_api(stack: str) -> None:
    heard = {name: policy["ingress"] for name, policy in policies(stack).items() if "ingress" in policy}
    assert heard.keys() == {service.name for service in SERVICES if service.role is Role.WEB}
    wanted = (values(stack)["network"]["ingressCidrs"], [("TCP", "http")])
    for rules in heard.values():
        assert [blocks(rule, "from") for rule in rules] == [wanted]


def test_pods_call_what_their_needs_ask_for(stack: str) -> None:
    network = values(stack)["network"]
    for service in SERVICES:
        rules = policies(stack).get(service.name, {}).get("egress", [])
        if not service.needs:
            assert rules == []
            continue
        names, *others = rules
        resolvers, ports = blocks(names, "to")
        assert all(IPv4Network(cidr).is_private for cidr in resolvers)
        assert ports == [("UDP", 53), ("TCP", 53)]
        expected = [([POD_IDENTITY], [("TCP", 80)])]
        databases = service.needs & {Need.DATABASE, Need.DATABASE_OWNER}
        if databases:
            expected.append((network["databaseCidrs"], [("TCP", network["databasePort"])]))
        if service.needs - databases:
            expected.append(([ANYWHERE], [("TCP", 443)]))
        assert [blocks(rule, "to") for rule in others] == expected


def named_role(name: str) -> Role:
    (role,) = (service.role for service in SERVICES if service.name == name)
    return role
