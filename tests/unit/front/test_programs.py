"""The two programs of the front, and the name that they follow."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from local.front.programs import programs
from local.front.routes import route_document, routes_file
from local.front.zone import RECORD, SharedName
from local.host.model import Model, Resource
from local.machine.errors import LocalError
from local.machine.layout import Layout
from local.machine.program import Program
from tests.support.stacks import STACKS, WORLDWIDE, model_of

SHARED = SharedName("Z1", "api.shop.example")
EDGES = {"eu": "http://127.80.3.4:8080", "apac": "http://127.80.4.4:8080"}


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path, tmp_path / ".local", tmp_path / "run", "127.80.3")


def made(layout: Layout, edges: Mapping[str, str] = EDGES, shared: SharedName = SHARED) -> tuple[Program, Program]:
    return programs(layout, 8080, "http://127.80.3.1:4566", shared, edges)


def test_the_same_front_is_the_same_programs_in_whatever_order_the_regions_come(layout: Layout) -> None:
    assert made(layout) == made(layout, dict(reversed(EDGES.items())))


def test_another_edge_or_name_is_another_program(layout: Layout) -> None:
    proxy, follower = made(layout)
    moved, followed = made(layout, {**EDGES, "apac": "http://127.80.5.4:8080"})
    assert proxy != moved
    assert follower == followed, "which asks for names only"
    assert made(layout, shared=SharedName("Z2", SHARED.name))[1] != follower


def test_before_anything_is_known_all_regions_are_asked_alike(layout: Layout) -> None:
    made(layout)
    assert routes_file(layout).read_text() == route_document({"eu": 1, "apac": 1})


def test_the_routes_of_the_last_run_are_kept(layout: Layout) -> None:
    routes = routes_file(layout)
    routes.parent.mkdir(parents=True)
    routes.write_text(route_document({"eu": 1}))
    made(layout)
    assert routes.read_text() == route_document({"eu": 1})


def test_what_envoy_is_told_names_each_region_s_edge(layout: Layout) -> None:
    command = made(layout)[0].command
    config = json.loads(command[command.index("--config-yaml") + 1])
    clusters = {each["name"]: each["load_assignment"] for each in config["static_resources"]["clusters"]}
    (endpoint,) = clusters["apac"]["endpoints"][0]["lb_endpoints"]
    assert clusters.keys() == {"eu", "apac"}
    assert endpoint["endpoint"]["address"]["socket_address"] == {"address": "127.80.4.4", "port_value": 8080}


@pytest.mark.parametrize("stack", STACKS)
def test_the_name_is_the_one_that_all_regions_share(stack: str) -> None:
    shared = model_of(WORLDWIDE).outputs
    assert SharedName.of(model_of(stack)) == SharedName(shared["zoneId"], shared["apiDomain"])


def record(zone: str, name: str, **inputs: Any) -> Resource:
    return Resource(f"urn:{name}", RECORD, name, {"zoneId": zone, "name": name, **inputs})


@pytest.mark.parametrize("names", [[], ["one.example", "two.example"]])
def test_a_program_without_one_such_name_is_refused(names: list[str]) -> None:
    weighted = [record("Z1", name, weightedRoutingPolicies=[{"weight": 1}]) for name in names]
    model = Model("eu", (record("Z1", "own.example"), *weighted), {})
    with pytest.raises(LocalError, match=", ".join(names) or "no name"):
        SharedName.of(model)
