"""What no real provider offers: the switches, and the supervisor's health check. Faults never strike here."""

from flask import Blueprint, Response, request

from local.ccp.border import switches_in
from local.ccp.faults import Switches
from local.ccp.switchboard import Switchboard


def blueprint(switchboard: Switchboard) -> Blueprint:
    """The routes of the simulator itself."""
    routes = Blueprint("simulator", __name__)

    @routes.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", content_type="text/plain")

    @routes.get("/simulator/faults")
    def show() -> Response:
        return _json(switchboard.switches)

    @routes.put("/simulator/faults")
    def turn() -> Response:
        switchboard.turn(switches_in(request))
        return _json(switchboard.switches)

    @routes.delete("/simulator/faults")
    def turn_off() -> Response:
        switchboard.turn(Switches())
        return Response(status=204)

    return routes


def _json(switches: Switches) -> Response:
    return Response(switches.model_dump_json(), content_type="application/json")
