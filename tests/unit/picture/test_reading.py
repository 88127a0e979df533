"""The graph says what the program declares, no more and no less."""

import pytest

from local.picture.errors import PictureError
from local.picture.graph import Graph, Heads, Place
from local.picture.reading.region import read_region
from services import registry
from tests.support.stacks import STACKS, model_of
from tests.unit.picture.regions import changed, grown_region, region, without

WEB = [service.name for service in registry.SERVICES if service.role is registry.Role.WEB]


def ends(graph: Graph) -> set[tuple[str, str]]:
    """The edges by the titles of their ends; a queue often shares its reader's name."""
    names = {node.id: f"{node.title} queue" if node.place is Place.QUEUE else node.title for node in graph.nodes}
    return {(names[edge.source], names[edge.target]) for edge in graph.edges}


def titles(graph: Graph, place: Place) -> list[str]:
    return [node.title for node in graph.at(place)]


def test_an_order_can_be_followed_from_the_client_to_the_mailbox() -> None:
    joined = ends(region())

    way = [
        ("customer", "API Gateway"),
        ("API Gateway", "order"),
        ("order", "CCP"),
        ("order", "Aurora PostgreSQL"),
        ("Aurora PostgreSQL", "relay"),
        ("relay", "S3 payloads"),
        ("relay", "invoice queue"),
        ("invoice queue", "invoice"),
        ("relay", "document queue"),
        ("document queue", "document"),
        ("relay", "email queue"),
        ("email queue", "email"),
        ("email", "SES"),
        ("SES", "customer"),
        ("SES", "SNS"),
        ("SNS", "mail-events queue"),
        ("mail-events queue", "email"),
        ("SNS", "inbound-mail queue"),
        ("inbound-mail queue", "support-mail"),
    ]
    assert [step for step in way if step not in joined] == []
    assert ("API Gateway", "Cognito") in joined


def test_every_service_stands_where_its_rights_put_it() -> None:
    graph = region()

    assert titles(graph, Place.WEB) == WEB
    assert titles(graph, Place.SENDER) == ["relay"]
    assert titles(graph, Place.WORKER) == ["invoice", "document", "email", "support-mail"]
    assert titles(graph, Place.JOB) == ["database"]


def test_arrows_at_the_bucket_tell_reading_from_writing() -> None:
    at_bucket = {
        (edge.source, edge.target): edge.heads
        for edge in region().edges
        if "store:cloud-sales-eu-payloads" in (edge.source, edge.target)
    }

    assert at_bucket == {
        ("workload:orchestrator", "store:cloud-sales-eu-payloads"): Heads.BOTH,
        ("workload:relay", "store:cloud-sales-eu-payloads"): Heads.BOTH,
        ("workload:document", "store:cloud-sales-eu-payloads"): Heads.BOTH,
        ("store:cloud-sales-eu-payloads", "workload:invoice"): Heads.TARGET,
        ("store:cloud-sales-eu-payloads", "workload:email"): Heads.TARGET,
        ("store:cloud-sales-eu-payloads", "workload:invoices"): Heads.TARGET,
        ("store:cloud-sales-eu-payloads", "workload:support-mail"): Heads.TARGET,
    }


def test_dead_letter_queues_belong_to_their_queue() -> None:
    shown = {node.title: node.annex for node in region().at(Place.QUEUE)}

    assert shown == {queue.name: f"5 tries → {queue.name}-dlq" for queue in registry.QUEUES}


def test_a_queue_that_lost_its_redrive_policy_shows_no_dead_letter_queue_and_that_one_stands_alone() -> None:
    model = changed(model_of("eu"), "aws:sqs/queue:Queue", "cloud-sales-eu-email", redrivePolicy=None)

    shown = {node.title: node.annex for node in read_region(model, registry.SERVICES).at(Place.QUEUE)}

    assert shown["email"] == ""
    assert "email-dlq" in shown


def test_a_right_that_is_taken_away_takes_its_edges_along() -> None:
    name = "cloud-sales-eu-relay"
    model = without(model_of("eu"), "aws:iam/rolePolicy:RolePolicy", name)

    joined = ends(read_region(model, registry.SERVICES))

    assert [pair for pair in joined if "relay" in pair] == []


def test_what_the_registry_gains_the_picture_gains() -> None:
    graph = grown_region()

    assert titles(graph, Place.WEB) == [*WEB, "lookup", "returns"]
    assert {"reminder", "failed-orders", "licence-mail", "retry"} <= set(titles(graph, Place.QUEUE))
    assert {
        ("API Gateway", "lookup"),
        ("S3 payloads", "lookup"),
        ("returns", "CCP"),
        ("returns", "licence-mail queue"),
        ("relay", "reminder queue"),
        ("reminder queue", "reminder"),
        ("reminder", "SES"),
        ("sweeper", "retry queue"),
        ("retry queue", "invoice"),
    } <= ends(graph)
    (lookup,) = [node for node in graph.nodes if node.title == "lookup"]
    assert lookup.code == ("/lookup",)
    assert lookup.tag == "3 to 5 pods"


def test_a_route_that_reaches_no_service_cannot_be_drawn() -> None:
    token, name = "aws:apigatewayv2/route:Route", "cloud-sales-eu-api POST /create-order"
    model = changed(model_of("eu"), token, name, routeKey="POST /create-orders")

    with pytest.raises(PictureError, match="POST /create-orders reaches no service"):
        read_region(model, registry.SERVICES)


def test_a_workload_that_the_registry_does_not_know_cannot_be_drawn() -> None:
    known = tuple(service for service in registry.SERVICES if service.name != "email")

    with pytest.raises(PictureError, match="the release runs email, of which the registry says nothing"):
        read_region(model_of("eu"), known)


@pytest.mark.parametrize("stack", STACKS)
def test_every_region_has_the_same_parts(stack: str) -> None:
    graph = read_region(model_of(stack), registry.SERVICES)

    assert graph.title == f"Cloud Sales System · region {stack}"
    assert [(node.kind, node.place, node.title) for node in graph.nodes] == [
        (node.kind, node.place, node.title) for node in region().nodes
    ]
