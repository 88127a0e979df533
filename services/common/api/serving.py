"""The composition that every REST service shares: its settings, its database, and the web server around both."""

from collections.abc import Callable, Mapping, Sequence

from flask import Flask
from pydantic import Field

from services.common import telemetry
from services.common.api import web
from services.common.api.mounting import Gate, Handler, mount
from services.common.api.operation import Operation
from services.common.api.quota import Quota
from services.common.api.webserver import WebServer
from services.common.database import Database
from services.common.readiness import schema_ready
from services.common.settings import DatabaseSettings, Environment, ProcessSettings, TokenSettings
from services.common.tokens import TokenVerifier

CONNECTIONS = 4


class QuotaSettings(Environment):
    """How many requests a tenant may make of one pod within a minute."""

    tenant_requests_per_minute: int = Field(ge=1)


class ApiSettings(ProcessSettings, DatabaseSettings, TokenSettings, QuotaSettings):
    """What every REST service with signed-in callers is told."""


def create_app(name: str, gate: Gate, operations: Sequence[Operation], handlers: Mapping[str, Handler]) -> Flask:
    """The REST service over its adapters."""
    app = web.create_app(name, lambda: schema_ready(gate.database))
    mount(app, gate, operations, handlers)
    return app


def serve(settings: ApiSettings, build: Callable[[Database, Gate], Flask]) -> int:
    """Serves what `build` makes until told to stop; it runs in the web server's worker."""

    def built() -> Flask:
        telemetry.configure(settings.service_name, settings.region_name, settings.log_level)
        database = Database(settings, size=CONNECTIONS)
        gate = Gate(database, TokenVerifier(settings), Quota(settings.tenant_requests_per_minute))
        return build(database, gate)

    WebServer(settings, built).run()
    return 0
