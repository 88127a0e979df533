"""The operators' routes: what is asked, and the answer as JSON."""

import json
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, request

from services.common.database import Database
from services.orchestrator import expiry, listing, objects, timeline
from services.orchestrator.backlog import backlog
from services.orchestrator.commands import BulkRestart, Credit, Discard, Extend, Redrive, Resend, Restart
from services.orchestrator.credits import Crediting
from services.orchestrator.discard import Discarder
from services.orchestrator.door import Door
from services.orchestrator.extend import Extender
from services.orchestrator.kept import KeptObjects
from services.orchestrator.queries import ExpiringQuery, OrdersQuery
from services.orchestrator.queues import DeadLetters
from services.orchestrator.redrive import Redriver
from services.orchestrator.resend import Resender
from services.orchestrator.restarting import Restarting


def questions(
    database: Database, door: Door, dead_letters: DeadLetters, kept: KeptObjects, payload_days: int
) -> Blueprint:
    """What operators may look at."""
    routes = Blueprint("questions", __name__, url_prefix="/operations")

    @routes.get("/orders")
    def list_orders() -> Response:
        door.enter()
        query = OrdersQuery.query(request.args)
        with database.transaction() as connection:
            return _json(json.dumps(listing.page(connection, query)))

    @routes.get("/orders/<uuid:order_id>")
    def get_order(order_id: UUID) -> Response:
        door.enter()
        with database.transaction() as connection:
            return _json(json.dumps(timeline.order_of(connection, order_id)))

    @routes.get("/dead-letters")
    def list_dead_letters() -> Response:
        door.enter()
        return _json(json.dumps({"queues": backlog(database, dead_letters)}))

    @routes.get("/payloads/expiring")
    def list_expiring() -> Response:
        door.enter()
        query = ExpiringQuery.query(request.args)
        with database.transaction() as connection:
            return _json(json.dumps(expiry.expiring(connection, payload_days, query)))

    @routes.get("/payloads/<uuid:customer>/<uuid:order_id>/<stage>/<name>")
    def get_payload(customer: UUID, order_id: UUID, stage: str, name: str) -> Response:
        door.enter()
        found = kept.find(f"{customer}/{order_id}/{stage}/{name}")
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return Response(kept.read(found), headers=headers, mimetype=objects.media_type(found.path))

    return routes


@dataclass(frozen=True)
class Hands:
    """Who carries out what operators set going."""

    restarting: Restarting
    redriver: Redriver
    discarder: Discarder
    resender: Resender
    crediting: Crediting
    extender: Extender


def writes(door: Door, hands: Hands) -> Blueprint:
    """What operators may set going."""
    routes = Blueprint("writes", __name__, url_prefix="/operations")

    @routes.post("/orders/<uuid:order_id>/restart")
    def restart(order_id: UUID) -> Response:
        caller, command = door.take(Restart)
        return _json(hands.restarting.restart(caller, order_id, command))

    @routes.post("/orders/<uuid:order_id>/resend")
    def resend(order_id: UUID) -> Response:
        caller, command = door.take(Resend)
        return _json(hands.resender.resend(caller, order_id, command))

    @routes.post("/orders/<uuid:order_id>/credit-notes")
    def credit(order_id: UUID) -> Response:
        caller, command = door.take(Credit)
        return _json(hands.crediting.credit(caller, order_id, command))

    @routes.post("/restarts")
    def restart_many() -> Response:
        return _json(hands.restarting.restart_many(*door.take(BulkRestart)))

    @routes.post("/dead-letters/<queue>/redrive")
    def redrive(queue: str) -> Response:
        caller, command = door.take(Redrive)
        return _json(hands.redriver.redrive(caller, queue, command))

    @routes.post("/dead-letters/<queue>/discard")
    def discard(queue: str) -> Response:
        caller, command = door.take(Discard)
        return _json(hands.discarder.discard(caller, queue, command))

    @routes.post("/payloads/<uuid:customer>/<uuid:order_id>/<stage>/<name>/extend")
    def extend(customer: UUID, order_id: UUID, stage: str, name: str) -> Response:
        caller, command = door.take(Extend)
        return _json(hands.extender.extend(caller, f"{customer}/{order_id}/{stage}/{name}", command))

    return routes


def _json(text: str) -> Response:
    return Response(text, mimetype="application/json")
