"""The headers that operations share, as the OpenAPI document describes them."""

from typing import Any

PARAMETERS: dict[str, dict[str, Any]] = {
    "X-Request-Id": {
        "name": "X-Request-Id",
        "in": "header",
        "description": "Your name for this request, up to 128 letters, digits, dots, hyphens and underscores. The "
        "answer and our logs carry it; anything else is replaced.",
        "schema": {"type": "string"},
    },
    "Idempotency-Key": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Any text of yours, new for each thing you want done. A repetition with the same key does "
        "nothing again and gets the first answer; keys do not expire.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
        "example": "a4c1a0e6-our-order-4711",
    },
    "If-Match": {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": "The `ETag` of what you have read: if it has changed since, nothing happens (412).",
        "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
        "example": '"3"',
    },
}
HEADERS: dict[str, dict[str, Any]] = {
    "X-Request-Id": {
        "description": "The request's name: yours, or one that we gave it.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,128}$"},
    },
    "RateLimit-Policy": {
        "description": "How many requests (`q`) your company may make of one instance in so many seconds (`w`).",
        "schema": {"type": "string"},
        "example": '"tenant";q=600;w=60',
    },
    "RateLimit": {
        "description": "How many are left (`r`), and in how many seconds there are more (`t`).",
        "schema": {"type": "string"},
        "example": '"tenant";r=599;t=60',
    },
    "ETag": {
        "description": "The version of what is shown, for `If-Match`.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
        "example": '"3"',
    },
    "Location": {
        "description": "The address of what was made.",
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "Content-Disposition": {"description": "The file's name.", "schema": {"type": "string"}},
    "Retry-After": {
        "description": "In how many seconds to try again.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
    "WWW-Authenticate": {"description": "`Bearer`.", "required": True, "schema": {"type": "string"}},
    "Allow": {"description": "The methods that the address takes.", "schema": {"type": "string"}},
}


def ref(parameter: str) -> dict[str, str]:
    """The reference to a request's header."""
    return {"$ref": f"#/components/parameters/{parameter}"}


def headers(*names: str) -> dict[str, dict[str, str]]:
    """References to headers of an answer, by name."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
