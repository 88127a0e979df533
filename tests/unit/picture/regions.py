"""The region as it is, and one that has grown as the registry allows it to."""

from dataclasses import replace
from functools import cache

import pytest
import yaml

from local.host import Model, Resource, capture
from local.host.capture import ROOT
from local.picture.graph import Graph
from local.picture.reading.region import read_region
from services import registry
from services.registry import CUSTOMER, Need, Queue, Role, Route, Service
from tests.support.stacks import model_of

MORE_SERVICES = (
    Service(
        "lookup",
        Role.WEB,
        "finds the customer's invoices and their documents",
        frozenset({Need.DATABASE, Need.TOKENS, Need.PAYLOADS}),
        (Route("GET", "/lookup", CUSTOMER), Route("GET", "/lookup/{number}", CUSTOMER)),
    ),
    Service(
        "returns",
        Role.WEB,
        "changes and ends licences",
        frozenset({Need.DATABASE, Need.TOKENS, Need.CCP, Need.PAYLOADS}),
        (Route("DELETE", "/returns/{id}", CUSTOMER),),
    ),
    Service(
        "reminder",
        Role.WORKER,
        "chases invoices that nobody has paid",
        frozenset({Need.DATABASE, Need.PAYLOADS, Need.MAIL}),
    ),
    Service(
        "sweeper",
        Role.WORKER,
        "restarts what has stopped",
        frozenset({Need.DATABASE, Need.PAYLOADS, Need.CCP}),
    ),
)

MORE_QUEUES = (
    Queue("reminder", producer="relay", consumer="reminder"),
    Queue("failed-orders", producer="relay", consumer="sweeper"),
    Queue("licence-mail", producer="returns", consumer="email"),
    Queue("retry", producer="sweeper", consumer="invoice"),
)


def region() -> Graph:
    """The eu region as it stands in the repository."""
    return read_region(model_of("eu"), registry.SERVICES)


@cache
def grown_region() -> Graph:
    """The eu region with more services and queues in the registry, as the program itself then declares them."""
    sizes = yaml.safe_load((ROOT / "Pulumi.eu.yaml").read_text(encoding="utf-8"))["config"]["cloud-sales:workloads"]
    sizes |= {
        service.name: {"minReplicas": 3, "maxReplicas": 5, "cpu": "100m", "memory": "256Mi"}
        for service in MORE_SERVICES
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "SERVICES", (*registry.SERVICES, *MORE_SERVICES))
        for place in (registry, registry.queues):
            patch.setattr(place, "QUEUES", (*place.QUEUES, *MORE_QUEUES))
        return read_region(capture("eu", {"cloud-sales:workloads": sizes}), registry.SERVICES)


def changed(model: Model, token: str, name: str, **inputs: object) -> Model:
    """The model with other inputs of one resource."""

    def change(resource: Resource) -> Resource:
        same = (resource.type, resource.name) == (token, name)
        return replace(resource, inputs=resource.inputs | inputs) if same else resource

    return replace(model, resources=tuple(change(resource) for resource in model))


def without(model: Model, token: str, name: str) -> Model:
    """The model without one resource."""
    return replace(
        model, resources=tuple(resource for resource in model if (resource.type, resource.name) != (token, name))
    )
