"""What every REST service shares: problem documents, request ids, body limits and the two health endpoints."""

import logging
import re
import uuid
from collections.abc import Callable
from urllib.parse import quote

from flask import Flask, Response, g, json, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from services.common.errors import (
    BadRequest,
    BodyTooLarge,
    MethodNotAllowed,
    NotFound,
    Problem,
    UnsupportedMediaType,
)

MAX_BODY_BYTES = 64 * 1024
MAX_FORWARDED_BYTES = 10 * 1024 * 1024
"""The API Gateway refuses larger bodies itself."""
_ALSO_OURS: dict[int, type[Problem]] = {
    kind.status: kind for kind in (BadRequest, NotFound, MethodNotAllowed, BodyTooLarge, UnsupportedMediaType)
}
"""What the framework refuses by itself, by status."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_log = logging.getLogger(__name__)


def create_app(name: str, ready: Callable[[], None]) -> Flask:
    """A Flask application with the shared behaviour; `ready` raises a `Problem` while the service cannot work."""
    app = Flask(name, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False  # what no route names is 405, whatever the method
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # a redirect would be no problem document
    app.before_request(_take_request_id)
    app.after_request(_give_shared_headers)
    app.register_error_handler(Problem, problem_response)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)
    app.add_url_rule("/healthz", view_func=lambda: Response("alive\n", mimetype="text/plain"), endpoint="healthz")

    def readyz() -> Response:
        ready()
        return Response("ready\n", mimetype="text/plain")

    app.add_url_rule("/readyz", view_func=readyz, endpoint="readyz")
    return app


def json_body() -> bytes:
    """The request's body, which must be declared as JSON.

    Raises:
        UnsupportedMediaType: the content type is another one.
    """
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("send the body as application/json")
    return request.get_data(cache=False)


def problem_response(problem: Problem) -> Response:
    """The RFC 9457 answer for a problem."""
    body = json.dumps(problem.document(quote(request.path)), sort_keys=False)
    return Response(body, problem.status, headers=problem.headers, mimetype="application/problem+json")


def _http_error(error: HTTPException) -> Response:
    if isinstance(error, RequestEntityTooLarge):
        _read_to_the_end()
    code = error.code or 500
    answer = _ALSO_OURS.get(code, BadRequest if code < 500 else Problem)(error.description or error.name)
    answer.headers = {name: value for name, value in error.get_headers() if name != "Content-Type"}
    return problem_response(answer)


def _read_to_the_end() -> None:
    """Takes in what the gateway still sends: it would take an answer before the body's end for a broken connection."""
    left = MAX_FORWARDED_BYTES
    while left > 0 and (chunk := request.environ["wsgi.input"].read(min(left, MAX_BODY_BYTES))):
        left -= len(chunk)


def _unexpected(error: Exception) -> Response:
    _log.error("unexpected error", exc_info=error, extra={"request_id": g.get("request_id")})
    return problem_response(Problem("the error is logged under the request id", requestId=g.get("request_id")))


def _take_request_id() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else str(uuid.uuid4())


def _give_shared_headers(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.request_id
    response.headers.setdefault("Cache-Control", "no-store")  # what a caller may see is for nobody else
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response
