"""Composition root of the orchestrator."""

from flask import Flask

from services.common import telemetry, web
from services.common.database import Database
from services.common.payloads import PayloadStore
from services.common.readiness import schema_ready
from services.common.tokens import TokenVerifier
from services.common.webserver import WebServer
from services.orchestrator import scan
from services.orchestrator.credits import Crediting
from services.orchestrator.discard import Discarder
from services.orchestrator.door import Door
from services.orchestrator.extend import Extender
from services.orchestrator.kept import KeptObjects
from services.orchestrator.objects import Objects
from services.orchestrator.queues import DeadLetters
from services.orchestrator.redrive import Redriver
from services.orchestrator.resend import Resender
from services.orchestrator.restarting import Restarting
from services.orchestrator.restarts import Restarter
from services.orchestrator.routes import Hands, questions, writes
from services.orchestrator.settings import Settings

CONNECTIONS = 4


def create_app(
    database: Database, verifier: TokenVerifier, store: PayloadStore, dead_letters: DeadLetters, payload_days: int
) -> Flask:
    """The REST service over its adapters; `payload_days` is how long S3 keeps a payload."""
    app = web.create_app("orchestrator", lambda: schema_ready(database))
    restarter = Restarter(database, Objects(database, store))
    kept = KeptObjects(database, store)
    hands = Hands(
        Restarting(database, restarter),
        Redriver(database, dead_letters, restarter),
        Discarder(database, dead_letters),
        Resender(database, store),
        Crediting(database),
        Extender(database, kept),
    )
    door = Door(verifier)
    app.register_blueprint(questions(database, door, dead_letters, kept, payload_days))
    app.register_blueprint(writes(door, hands))
    return app


def main() -> int:
    """Serves, and scans for orders that stand still, until told to stop."""
    settings = Settings.read()

    def build() -> Flask:
        telemetry.configure(settings.service_name, settings.region_name, settings.log_level)
        database = Database(settings, size=CONNECTIONS)
        scan.start(database)
        return create_app(
            database,
            TokenVerifier(settings),
            PayloadStore(settings.payload_bucket, settings.aws_region),
            DeadLetters(settings.dead_letters, settings.returnable, settings.aws_region),
            settings.payload_expiry_days,
        )

    WebServer(settings, build).run()
    return 0
