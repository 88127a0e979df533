"""Composition root of the orchestrator."""

from flask import Flask

from services.common.api import Gate
from services.common.api.serving import create_app as create_service
from services.common.api.serving import serve
from services.common.database import Database
from services.common.pipeline.payloads import PayloadStore
from services.orchestrator import scan
from services.orchestrator.api import OPERATIONS
from services.orchestrator.change_restarts import ChangeRestarter
from services.orchestrator.credits import Crediting
from services.orchestrator.discard import Discarder
from services.orchestrator.extend import Extender
from services.orchestrator.handlers import Hands, questions, writes
from services.orchestrator.handover import noting
from services.orchestrator.handover.noting import Noting
from services.orchestrator.kept import KeptObjects
from services.orchestrator.objects import Objects
from services.orchestrator.queues import DeadLetters
from services.orchestrator.redrive import Redriver
from services.orchestrator.resend import Resender
from services.orchestrator.restarting import Restarting
from services.orchestrator.restarts import Restarter
from services.orchestrator.settings import Settings


def create_app(gate: Gate, store: PayloadStore, dead_letters: DeadLetters, payload_days: int) -> Flask:
    """The REST service over its adapters; `payload_days` is how long S3 keeps a payload."""
    database = gate.database
    restarter = Restarter(database, Objects(database, store))
    kept = KeptObjects(database, store)
    hands = Hands(
        Restarting(database, restarter),
        ChangeRestarter(database),
        Redriver(database, dead_letters, restarter),
        Discarder(database, dead_letters),
        Resender(database, store),
        Crediting(database),
        Extender(database, kept),
    )
    handlers = {**questions(database, dead_letters, kept, payload_days), **writes(hands)}
    return create_service("orchestrator", gate, OPERATIONS, handlers)


def main() -> int:
    """Serves, scans for orders that stand still and notes hand-overs, until told to stop."""
    settings = Settings.read()

    def build(database: Database, gate: Gate) -> Flask:
        dead_letters = DeadLetters(settings.dead_letters, settings.returnable, settings.aws_region)
        scan.start(database)
        noting.start(Noting(database, dead_letters, settings.region_name, settings.handover_recipient))
        return create_app(
            gate,
            PayloadStore(settings.payload_bucket, settings.aws_region),
            dead_letters,
            settings.payload_expiry_days,
        )

    return serve(settings, build)
