"""The document that the portal serves: up to date, valid, complete, and true to its own schemas."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from schemathesis.specs.openapi.definitions import OPENAPI_31

from services.portal import generate
from services.portal.generate import DOCUMENT, OWN
from services.registry import SERVICES


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    return read


def test_the_document_is_what_the_services_declare() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == generate.text(), "write it anew: make openapi"


def test_it_is_valid_by_the_published_schema_of_openapi_3_1(document: dict[str, Any]) -> None:
    assert str(OPENAPI_31["$id"]).startswith("https://spec.openapis.org/oas/3.1/schema/")
    assert [fault.message for fault in Draft202012Validator(OPENAPI_31).iter_errors(document)] == []
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for reference in references(document):
        target: Any = document
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        node = list(node.values())
    if isinstance(node, list):
        for one in node:
            yield from references(one)


def test_every_route_of_the_gateway_is_told_with_its_callers(document: dict[str, Any]) -> None:
    told = {
        (method.upper(), path): (operation["x-callers"], bool(operation["security"]))
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }
    routed = {
        (route.method, route.path): (sorted(caller.value for caller in route.callers), not route.public)
        for service in SERVICES
        if service.name != OWN
        for route in service.routes
    }
    assert told == routed


def test_every_example_is_valid_by_the_schema_beside_it(document: dict[str, Any]) -> None:
    seen = 0
    for media in media_types(document):
        validator = Draft202012Validator({**media["schema"], "components": document["components"]})
        for example in media["examples"].values():
            assert [fault.message for fault in validator.iter_errors(example["value"])] == []
            seen += 1
    assert seen > 100


def media_types(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if "schema" in node and isinstance(node.get("examples"), dict):
            yield node
        node = list(node.values())
    if isinstance(node, list):
        for one in node:
            yield from media_types(one)
