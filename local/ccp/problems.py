"""Refusals as RFC 9457 problem documents."""

import json
import logging
from http.client import responses

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from local.ccp.errors import InvalidRequestError, ProviderError

log = logging.getLogger(__name__)


def install(app: Flask) -> None:
    """Makes every refusal of the application a problem document."""
    app.register_error_handler(ProviderError, _refused)
    app.register_error_handler(HTTPException, _refused_by_flask)
    app.register_error_handler(Exception, _broken)


def _refused(error: ProviderError) -> Response:
    faults = error.faults if isinstance(error, InvalidRequestError) else ()
    response = _problem(error.status, error.code, str(error), faults)
    response.headers.extend(error.headers)
    return response


def _refused_by_flask(error: HTTPException) -> Response:
    response = _problem(error.code or 500, "http", error.description or "")
    response.headers.extend([(name, value) for name, value in error.get_headers() if name == "Allow"])
    return response


def _broken(error: Exception) -> Response:
    log.error("a call failed", exc_info=error)
    return _problem(500, "internal", "the simulator itself failed; its log says why")


def _problem(status: int, code: str, detail: str, faults: tuple[tuple[str, str], ...] = ()) -> Response:
    document: dict[str, object] = {
        "type": f"/problems/{code}",
        "title": responses.get(status, "Error"),
        "status": status,
        "detail": detail,
    }
    if faults:
        document["errors"] = [{"place": place, "detail": reason} for place, reason in faults]
    return Response(json.dumps(document), status, content_type="application/problem+json")
