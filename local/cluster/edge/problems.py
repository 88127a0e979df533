"""The edge's own answers, as RFC 9457 problem documents; what the services answer passes unchanged."""

from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

TYPE_PREFIX = "https://docs.cloud-sales.example/problems/"
MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5
"""What a client is told with a 503, as the services themselves do."""

_CEL_FILTER = "type.googleapis.com/envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter"


@dataclass(frozen=True)
class Problem:
    """A problem type; `type` ends in a slug that never changes."""

    slug: str
    status: int
    title: str
    detail: str

    def document(self) -> dict[str, Any]:
        """The members of the problem document."""
        members = {**asdict(self), "type": TYPE_PREFIX + self.slug}
        del members["slug"]
        return members


PROBLEMS = (
    Problem("bad-request", 400, "Bad request", "The request is not valid HTTP or its path is not allowed."),
    Problem("unauthorized", 401, "Unauthorized", "Send a valid access token: Authorization: Bearer <token>."),
    Problem("not-found", 404, "Not found", "There is no such operation: check the method and the path."),
    Problem("request-timeout", 408, "Request timeout", "The request did not arrive in time."),
    Problem("payload-too-large", 413, "Payload too large", "The request body is larger than this API accepts."),
    Problem(
        "too-many-requests", 429, "Too many requests", "The API is used more than it allows; try again in a moment."
    ),
    Problem("headers-too-large", 431, "Headers too large", "The request's headers are larger than this API accepts."),
    Problem("unavailable", 503, "Service unavailable", "The service cannot answer now; try again in a moment."),
    Problem(
        "gateway-timeout", 504, "Gateway timeout", "The service took too long; it may still carry out the request."
    ),
)

BY_SLUG = {problem.slug: problem for problem in PROBLEMS}


def local_reply_config() -> dict[str, Any]:
    """Envoy's `local_reply_config`: the first that fits counts, and each status has its problem.

    Two are not what Envoy makes of them. Without the pool's keys no token can be judged, which is no client's fault. A
    token for another audience is answered as the API Gateway does, like any other token that is not valid here.
    """
    keyless = _mapper(BY_SLUG["unavailable"], _details_contain("Jwks_"))
    mappers = [keyless, *(_mapper(problem, _status_is(problem.status)) for problem in PROBLEMS)]
    refused = _mapper(BY_SLUG["unauthorized"], _status_is(HTTPStatus.FORBIDDEN))
    refused["headers_to_add"] = _header("www-authenticate", 'Bearer error="invalid_token"')
    for mapper in mappers:
        if mapper["status_code"] == HTTPStatus.SERVICE_UNAVAILABLE:
            mapper["headers_to_add"] = _header("retry-after", str(RETRY_AFTER_SECONDS))
    other = {"type": "about:blank", "title": "The request failed", "status": "%RESPONSE_CODE%"}
    return {"mappers": [*mappers, refused], "body_format": _format(other)}


def _mapper(problem: Problem, condition: dict[str, Any]) -> dict[str, Any]:
    return {
        "filter": condition,
        "status_code": problem.status,
        "body_format_override": _format(problem.document()),
    }


def _header(name: str, text: str) -> list[dict[str, Any]]:
    return [{"header": {"key": name, "value": text}}]


def _status_is(status: int) -> dict[str, Any]:
    value = {"default_value": int(status), "runtime_key": f"edge.problem_{int(status)}"}
    return {"status_code_filter": {"comparison": {"op": "EQ", "value": value}}}


def _details_contain(text: str) -> dict[str, Any]:
    config = {"@type": _CEL_FILTER, "expression": f"response.code_details.contains('{text}')"}
    return {"extension_filter": {"name": "envoy.access_loggers.extension_filters.cel", "typed_config": config}}


def _format(document: dict[str, Any]) -> dict[str, Any]:
    return {"json_format": document, "content_type": MEDIA_TYPE}
