"""Composition root of the order service, and its two routes."""

import json
from uuid import UUID

from flask import Flask, Response, request

from services.common import telemetry, web
from services.common.database import Database
from services.common.faults import crash_point
from services.common.idempotency import Key
from services.common.readiness import schema_ready
from services.common.tokens import TokenVerifier
from services.common.webserver import WebServer
from services.order import reconciler
from services.order.answers import Answer
from services.order.ccp import CcpClient
from services.order.lookup import order_of
from services.order.model import CreateOrder
from services.order.pauses import Pauses
from services.order.reservation import customer_of, reserve
from services.order.settings import Settings
from services.order.settlement import Settlement

CONNECTIONS = 4


def create_app(database: Database, verifier: TokenVerifier, settlement: Settlement) -> Flask:
    """The REST service over its adapters."""
    app = web.create_app("order", lambda: schema_ready(database))

    @app.post("/create-order")
    def create_order() -> Response:
        principal = verifier.verify(request.headers.get("Authorization"))
        key = Key.parse(request.headers.get("Idempotency-Key"))
        command = CreateOrder.parse(web.json_body())
        with database.transaction() as connection:
            reserved = reserve(connection, customer_of(connection, principal), command, key)
        answer = reserved if isinstance(reserved, Answer) else settlement.settle(reserved)
        crash_point("C4", answer.order_id)
        headers = {"Location": f"/orders/{answer.order_id}"}
        return Response(answer.body, answer.status, headers=headers, mimetype=answer.media_type)

    @app.get("/orders/<uuid:order_id>")
    def get_order(order_id: UUID) -> Response:
        principal = verifier.verify(request.headers.get("Authorization"))
        with database.transaction() as connection:
            order = order_of(connection, customer_of(connection, principal), order_id)
        return Response(json.dumps(order), mimetype="application/json")

    return app


def main() -> int:
    """Serves until told to stop."""
    settings = Settings.read()

    def build() -> Flask:
        telemetry.configure(settings.service_name, settings.region_name, settings.log_level)
        database = Database(settings, size=CONNECTIONS)
        ccp = CcpClient(settings.ccp_url, pauses=Pauses(database))
        settlement = Settlement(database, ccp)
        reconciler.start(database, settlement, ccp)
        return create_app(database, TokenVerifier(settings), settlement)

    WebServer(settings, build).run()
    return 0
