"""From operations to their document."""

from typing import Any

import pytest

from services.common.api import openapi
from services.common.errors import PROBLEM_BASE
from services.registry import Scope, Service
from tests.unit.common.api.conftest import OPERATIONS

Node = dict[str, Any]


@pytest.fixture
def document(things: Service) -> Node:
    return openapi.document({things: OPERATIONS})


def test_an_operation_is_told_with_all_that_its_caller_needs(document: Node) -> None:
    told = document["paths"]["/things/{id}"]["patch"]
    assert (told["operationId"], told["tags"], told["summary"]) == ("changeThing", ["things"], "Change a thing")
    assert told["description"] == "All of it."
    assert (told["x-callers"], told["security"]) == (["operator"], [{"accessToken": []}])
    [path, key, match] = told["parameters"]
    assert path == {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    assert (key, match) == (
        {"$ref": "#/components/parameters/Idempotency-Key"},
        {"$ref": "#/components/parameters/If-Match"},
    )
    media = told["requestBody"]["content"]["application/json"]
    assert media["schema"] == {"$ref": "#/components/schemas/ThingChange"}
    assert media["examples"] == {"a-new-name": {"summary": "A new name", "value": {"name": "b"}}}
    assert set(told["responses"]["200"]["headers"]) == {"X-Request-Id", "RateLimit-Policy", "RateLimit", "ETag"}


def test_an_operation_for_services_names_the_scope_that_they_need(document: Node) -> None:
    told = document["paths"]["/things"]["get"]
    assert told["security"] == [{"accessToken": []}, {"serviceToken": ["cloud-sales/catalogue.read"]}]
    [flow] = document["components"]["securitySchemes"]["serviceToken"]["flows"].values()
    assert set(flow["scopes"]) == {scope.full for scope in Scope}


def test_a_public_operation_wants_no_token_and_refuses_nobody(document: Node) -> None:
    told = document["paths"]["/sign-in"]["post"]
    assert (told["x-callers"], told["security"]) == (["public"], [])
    assert not {"401", "403", "404", "412", "428"} & set(told["responses"])
    assert "content" not in told["responses"]["204"]


def test_query_parameters_are_told_one_by_one_and_never_as_null(document: Node) -> None:
    told = {one["name"]: one for one in document["paths"]["/things"]["get"]["parameters"]}
    assert told["name"]["schema"] == {"type": "string"}
    assert told["limit"] == {
        "name": "limit", "in": "query", "required": False, "description": "things on one page",
        "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 50},
    }  # fmt: skip
    assert "ThingsQuery" not in document["components"]["schemas"]


def test_a_problem_is_told_under_its_status_with_its_types(document: Node) -> None:
    told = document["paths"]["/things/{id}"]["patch"]["responses"]
    name = told["409"]["$ref"].rpartition("/")[2]
    conflict = document["components"]["responses"][name]
    slugs = ["conflict", "idempotency-key-in-flight"]
    assert conflict["x-problem-types"] == [PROBLEM_BASE + slug for slug in slugs]
    media = conflict["content"]["application/problem+json"]
    assert list(media["examples"]) == slugs
    assert media["schema"] == {"$ref": "#/components/schemas/Problem"}
    known = document["components"]["schemas"]["Problem"]["properties"]["type"]["enum"]
    assert set(conflict["x-problem-types"]) <= set(known)
    assert {"400", "401", "403", "404", "409", "412", "413", "415", "422", "428", "429", "503"} <= set(told)


def test_a_model_s_docstring_describes_its_members(document: Node) -> None:
    told = document["components"]["schemas"]["ThingChange"]
    assert told["description"] == "What changes."
    assert told["properties"]["name"] == {"type": "string", "description": "the thing's new name, in one line."}
    assert told["required"] == ["name"]


def test_an_answer_s_members_are_all_there(document: Node) -> None:
    assert document["components"]["schemas"]["ThingAnswer"]["required"] == ["name"]


def test_a_file_is_told_by_its_media_type(document: Node) -> None:
    told = document["paths"]["/things/{id}/files/{name}"]["get"]
    assert list(told["responses"]["200"]["content"]) == ["application/pdf"]
    assert told["parameters"][1]["schema"] == {"type": "string", "pattern": "^[a-z]+$"}
