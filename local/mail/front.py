"""The SESv2 endpoint: everything goes on to the emulator, and a mail that it accepts is kept and reported."""

import logging

from botocore.exceptions import BotoCoreError
from flask import Flask, Response, request
from urllib3.exceptions import HTTPError

from local.mail.caller import caller_in
from local.mail.delivery import Delivery
from local.mail.emulator import Answer, Emulator
from local.mail.errors import SesError, bad_request, unavailable

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

MAXIMUM_BODY_BYTES = 56 * 1024 * 1024
"""SES takes messages of 40 MB, which base64 makes a third longer."""

log = logging.getLogger(__name__)


def create_front(emulator: Emulator, delivery: Delivery) -> Flask:
    """The endpoint's WSGI application."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAXIMUM_BODY_BYTES
    app.url_map.merge_slashes = False
    app.register_error_handler(SesError, _refused)
    app.register_error_handler(HTTPError, _unreachable)
    app.register_error_handler(BotoCoreError, _unreachable)

    def pass_on() -> Answer:
        return emulator.ask(request.method, request.environ["RAW_URI"], request.headers.items(), request.get_data())

    @app.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", content_type="text/plain")

    @app.post("/v2/email/outbound-emails")
    def send() -> Response:
        caller = caller_in(request.headers.get("Authorization"))
        return _response(delivery.send(request.get_data(), caller, pass_on))

    @app.post("/v2/email/outbound-bulk-emails")
    def send_in_bulk() -> Response:
        raise bad_request("SendBulkEmail renders templates, which is not done on one machine: use SendEmail")

    @app.route("/", defaults={"path": ""}, methods=METHODS)
    @app.route("/<path:path>", methods=METHODS)
    def anything_else(path: str) -> Response:  # noqa: ARG001 - the target goes on as it was written
        return _response(pass_on())

    return app


def _response(answer: Answer) -> Response:
    response = Response(answer.body, answer.status)
    del response.headers["Content-Type"]
    response.headers.extend(answer.headers)
    return response


def _refused(error: SesError) -> Response:
    return Response(error.body, error.status, error.headers)


def _unreachable(error: Exception) -> Response:
    log.warning("the emulator does not answer: %s", error)
    return _refused(unavailable("the AWS emulator does not answer"))
