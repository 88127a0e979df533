"""The operators' routes: who is calling, what is asked, and the answer as JSON."""

import json
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from flask import Blueprint, Response, request

from services.common import idempotency, web
from services.common.database import Database
from services.common.errors import Forbidden
from services.common.idempotency import Claim, Key
from services.common.tokens import Principal, TokenVerifier
from services.orchestrator import expiry, listing, objects, timeline
from services.orchestrator.callers import Caller
from services.orchestrator.commands import Commands
from services.orchestrator.credits import Crediting
from services.orchestrator.discard import Discarder
from services.orchestrator.kept import Extender
from services.orchestrator.model import (
    BulkRestart,
    Command,
    Credit,
    Discard,
    ExpiringQuery,
    Extend,
    OrdersQuery,
    Redrive,
    Resend,
    Restart,
)
from services.orchestrator.redrive import Redriver
from services.orchestrator.resend import Resender
from services.registry import OPERATORS

Wish = TypeVar("Wish", bound=Command)


def admit(principal: Principal) -> UUID:
    """The operator's subject.

    Raises:
        Forbidden: the caller is no operator.
    """
    if OPERATORS not in principal.groups:
        raise Forbidden("only operators may do this")
    return principal.subject


class Door:
    """Lets operators in and takes their commands."""

    def __init__(self, verifier: TokenVerifier) -> None:
        self._verifier = verifier

    def enter(self) -> UUID:
        """The operator who sent the request at hand."""
        return admit(self._verifier.verify(request.headers.get("Authorization")))

    def take(self, kind: type[Wish]) -> tuple[Caller, Wish]:
        """The command in the request at hand, and whose it is; the operator is asked for before anything is read."""
        operator = self.enter()
        key = Key.parse(request.headers.get("Idempotency-Key"))
        command = kind.parse(web.json_body())
        if key is None:
            return Caller(operator, None), command
        route = f"{request.method} {request.path}"
        return Caller(operator, Claim(route, key, idempotency.fingerprint(command), operator=operator)), command


def questions(database: Database, door: Door, redriver: Redriver, extender: Extender, payload_days: int) -> Blueprint:
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
        return _json(json.dumps({"queues": redriver.queues()}))

    @routes.get("/payloads/expiring")
    def list_expiring() -> Response:
        door.enter()
        query = ExpiringQuery.query(request.args)
        with database.transaction() as connection:
            return _json(json.dumps(expiry.expiring(connection, payload_days, query)))

    @routes.get("/payloads/<uuid:customer>/<uuid:order_id>/<stage>/<name>")
    def get_payload(customer: UUID, order_id: UUID, stage: str, name: str) -> Response:
        door.enter()
        kept = extender.find(f"{customer}/{order_id}/{stage}/{name}")
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return Response(extender.read(kept), headers=headers, mimetype=objects.media_type(kept.path))

    return routes


@dataclass(frozen=True)
class Hands:
    """Who carries out what operators set going."""

    commands: Commands
    redriver: Redriver
    discarder: Discarder
    resender: Resender
    crediting: Crediting


def writes(door: Door, hands: Hands) -> Blueprint:
    """What operators may set going."""
    routes = Blueprint("writes", __name__, url_prefix="/operations")

    @routes.post("/orders/<uuid:order_id>/restart")
    def restart(order_id: UUID) -> Response:
        caller, command = door.take(Restart)
        return _json(hands.commands.restart(caller, order_id, command))

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
        return _json(hands.commands.restart_many(*door.take(BulkRestart)))

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
        return _json(hands.commands.extend(caller, f"{customer}/{order_id}/{stage}/{name}", command))

    return routes


def _json(text: str) -> Response:
    return Response(text, mimetype="application/json")
