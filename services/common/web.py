"""What every REST service shares: problem documents, request ids, body limits and the two health endpoints."""

import logging
import re
import uuid
from collections.abc import Callable

from flask import Flask, Response, g, json, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from services.common.errors import InvalidRequest, Problem

MAX_BODY_BYTES = 64 * 1024
MAX_FORWARDED_BYTES = 10 * 1024 * 1024
"""The API Gateway refuses larger bodies itself."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_log = logging.getLogger(__name__)


def create_app(name: str, ready: Callable[[], None]) -> Flask:
    """A Flask application with the shared behaviour; `ready` raises a `Problem` while the service cannot work."""
    app = Flask(name, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.url_map.strict_slashes = False
    app.before_request(_take_request_id)
    app.after_request(_give_request_id)
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
        InvalidRequest: the content type is another one.
    """
    if request.mimetype != "application/json":
        raise InvalidRequest("send the body as application/json")
    return request.get_data(cache=False)


def problem_response(problem: Problem) -> Response:
    """The RFC 9457 answer for a problem."""
    body = json.dumps(problem.document(request.path), sort_keys=False)
    return Response(body, problem.status, headers=problem.headers, mimetype="application/problem+json")


def _http_error(error: HTTPException) -> Response:
    if isinstance(error, RequestEntityTooLarge):
        _read_to_the_end()
    answer = Problem(error.description or error.name)
    answer.slug = re.sub(r"[^a-z0-9]+", "-", error.name.lower())
    answer.title, answer.status = error.name, error.code or 500
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


def _give_request_id(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.request_id
    return response
