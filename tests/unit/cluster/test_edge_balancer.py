"""A rule of the balancer leads to the pods behind it, or is refused."""

from dataclasses import replace
from typing import Any

import pytest

from local.cluster.edge.balancer import rules
from local.cluster.errors import NotHonouredError
from tests.unit.cluster.samples import ORDERS, balancer_rule, binding, changed, deployment, entries_of, model, service


def test_a_rule_leads_to_the_pods_that_the_bound_service_selects() -> None:
    first, *_ = entries_of(deployment("order", 2), deployment("relay"), service(), binding())
    assert first.pattern == "/orders"
    assert first.backend.name == "order:80"
    assert first.backend.endpoints == (("127.80.3.10", 8080), ("127.80.3.11", 8080))
    assert first.backend.health is not None
    assert first.backend.health.path == "/readyz"


def test_a_pattern_covers_what_its_star_stands_for_and_nothing_else() -> None:
    itself, below, _ = entries_of()
    assert itself.leads("/orders")
    assert not itself.leads("/orders/1")
    assert below.leads("/orders/1")
    assert not below.leads("/orders")
    assert not below.leads("/orders-of-others")


def test_the_rules_win_in_the_order_of_their_priority() -> None:
    documents = [deployment(), deployment("relay"), service(), service("relay"), binding(), binding("relay")]
    first, second = entries_of(
        *documents, declared=(balancer_rule(20, "order", "/orders/*"), balancer_rule(3, "relay", "/orders/d?ep"))
    )
    assert (first.backend.name, second.backend.name) == ("relay:80", "order:80")
    assert first.leads("/orders/deep")
    assert not first.leads("/orders/dep")


@pytest.mark.parametrize(
    ("documents", "named"),
    [
        ([deployment(), binding()], "the Service order"),
        ([deployment(), service()], "group:order, to which no pod belongs"),
        ([deployment(), service(), binding(), binding("relay", "group:order")], "two Services are in one group"),
        ([deployment(), service(ports=[{"name": "admin", "port": 90}]), binding()], "port http"),
        ([deployment(), service(ports=[{"name": "http", "port": 80, "targetPort": "x"}]), binding()], "'x'"),
    ],
)
def test_a_rule_that_leads_nowhere_is_refused(documents: list[dict[str, Any]], named: str) -> None:
    with pytest.raises(NotHonouredError, match=named):
        entries_of(*documents)


@pytest.mark.parametrize(
    ("inputs", "named"),
    [
        ({"conditions": [{"hostHeader": {"values": ["api"]}}]}, "one pathPattern"),
        ({"conditions": [{"pathPattern": {}}, {"sourceIp": {}}]}, "one pathPattern"),
        ({"actions": [{"type": "fixed-response"}]}, "one forward"),
        ({"actions": []}, "one forward"),
    ],
)
def test_a_rule_that_the_edge_cannot_play_is_refused(inputs: dict[str, Any], named: str) -> None:
    with pytest.raises(NotHonouredError, match=named):
        rules(model(replace(ORDERS, inputs=dict(ORDERS.inputs) | inputs)))


def test_a_service_port_without_a_target_is_its_own_target() -> None:
    document = changed(service(), "spec.ports", [{"name": "http", "port": 8080}])
    entry, *_ = entries_of(deployment(), document, binding())
    assert entry.backend.endpoints[0] == ("127.80.3.10", 8080)
