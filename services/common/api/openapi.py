"""The OpenAPI 3.1 document of the whole API, from the operations as the services declare them and the registry."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.common.api import headers, problems
from services.common.api.operation import Example, Operation
from services.common.api.responses import Responses, named
from services.common.api.schemas import Schema, Schemas, of_type
from services.registry import SCOPES, Service

VERSION = "1.0.0"
"""Of the interface: its first number changes when a client has to."""

_ABOUT = """\
Licences of a cloud provider, sold to businesses in Europe and Asia Pacific. One address serves all services.

Ids are GUIDs, moments are UTC (RFC 3339), amounts are texts with the decimals of the currency that stands beside them.
A member that may be missing is null, never absent; a member or parameter that is not known here is refused. Lists take
`limit` and `cursor`, and their `next` is the cursor of the page after. Every refusal is a problem document (RFC 9457)
whose `type` never changes its meaning.
"""
_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "An access token, as `POST /identity/sign-in` gives it; `x-callers` names who may call what.",
}
_CLIENT = {
    "type": "oauth2",
    "description": "An access token that a service of ours gets for itself, with its client's id and secret. It reads "
    "what its scopes name, for all customers, and is nobody's user. The address of the token endpoint comes with the "
    "client; the one here is an example.",
    "flows": {
        "clientCredentials": {
            "tokenUrl": "https://sign-in.cloud-sales.example/oauth2/token",
            "scopes": {scope.full: about for scope, about in SCOPES.items()},
        }
    },
}


def document(services: Mapping[Service, Sequence[Operation]]) -> Schema:
    """The document of these services, in their order."""
    every = [operation for operations in services.values() for operation in operations]
    schemas = Schemas(every)
    responses = Responses(schemas)
    paths: dict[str, Schema] = {}
    for service, operations in services.items():
        for operation in operations:
            item = paths.setdefault(operation.path, {"parameters": [headers.ref("X-Request-Id")]})
            item[operation.method.lower()] = _operation(service.name, operation, schemas, responses)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Cloud Sales API", "version": VERSION, "description": _ABOUT},
        "servers": [{"url": "/", "description": "the address that serves this document"}],
        "tags": [{"name": service.name, "description": service.purpose} for service in services],
        "paths": paths,
        "components": {
            "securitySchemes": {"accessToken": _BEARER, "serviceToken": _CLIENT},
            "parameters": headers.PARAMETERS,
            "headers": headers.HEADERS,
            "schemas": {**schemas.components, "Problem": problems.schema()},
            "responses": responses.components,
        },
    }


def _operation(tag: str, operation: Operation, schemas: Schemas, responses: Responses) -> Schema:
    told: Schema = {
        "operationId": operation.name,
        "tags": [tag],
        "summary": operation.summary,
        "x-callers": sorted(caller.value for caller in operation.callers),
        "security": _security(operation),
        "parameters": [*_path(operation), *_query(operation, schemas), *_headers(operation)],
        "responses": responses.of(operation),
    }
    if operation.description:
        told["description"] = operation.description
    if operation.body is not None:
        content: dict[str, Any] = {"schema": schemas.body(operation.body)}
        if examples := _bodies(operation.examples):
            content["examples"] = examples
        told["requestBody"] = {"required": True, "content": {"application/json": content}}
    return told


def _security(operation: Operation) -> list[Schema]:
    if operation.public:
        return []
    person: list[Schema] = [{"accessToken": []}]
    return person if operation.scope is None else [*person, {"serviceToken": [operation.scope.full]}]


def _path(operation: Operation) -> list[Schema]:
    return [
        {"name": name, "in": "path", "required": True, "schema": of_type(kind)}
        for name, kind in operation.path_parameters.items()
    ]


def _query(operation: Operation, schemas: Schemas) -> list[Schema]:
    if operation.query is None:
        return []
    return [
        {
            "name": name,
            "in": "query",
            "required": required,
            "schema": {key: value for key, value in schema.items() if key != "description"},
            **({"description": schema["description"]} if "description" in schema else {}),
        }
        for name, schema, required in schemas.query(operation.query)
    ]


def _headers(operation: Operation) -> list[Schema]:
    given = [headers.ref("Idempotency-Key")] if operation.key else []
    return [*given, headers.ref("If-Match")] if operation.if_match else given


def _bodies(examples: Sequence[Example]) -> Schema:
    return {named(one.title): {"summary": one.title, "value": one.body} for one in examples if one.body is not None}
