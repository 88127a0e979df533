"""Composition root of the portal: two addresses, and nothing behind them."""

import json

from flask import Flask, Response, request

from services.common import telemetry
from services.common.api import web
from services.common.api.webserver import WebServer
from services.common.settings import ProcessSettings
from services.portal.generate import DOCUMENT
from services.portal.page import render

CACHED = "public, max-age=300"
"""A release may change the page: five minutes later everybody sees it."""


class Settings(ProcessSettings):
    """Everything the portal is told."""


def create_app(document: bytes) -> Flask:
    """The page and the document; both are made once, here."""
    app = web.create_app("portal", lambda: None)
    page = render(json.loads(document))

    @app.get("/")
    def get_page() -> Response:
        headers = {"Content-Security-Policy": page.policy, "Referrer-Policy": "no-referrer"}
        return _unchanging(Response(page.html, headers=headers, mimetype="text/html"))

    @app.get("/openapi.json")
    def get_document() -> Response:
        return _unchanging(Response(document, mimetype="application/json"))

    return app


def main() -> int:
    """Serves until told to stop."""
    settings = Settings.read()

    def build() -> Flask:
        telemetry.configure(settings.service_name, settings.region_name, settings.log_level)
        return create_app(DOCUMENT.read_bytes())

    WebServer(settings, build).run()
    return 0


def _unchanging(response: Response) -> Response:
    response.headers["Cache-Control"] = CACHED
    response.add_etag()
    response.make_conditional(request)
    return response
