"""Composition root of the identity service."""

from flask import Flask

from services.common.api import Gate
from services.common.api.serving import create_app as create_service
from services.common.api.serving import serve
from services.common.database import Database
from services.common.directory import Directory
from services.identity.api import OPERATIONS
from services.identity.people import me
from services.identity.provider import Provider
from services.identity.resets import Resets
from services.identity.sessions import Sessions
from services.identity.settings import Settings
from services.identity.throttle import Throttle


def create_app(gate: Gate, provider: Provider, directory: Directory) -> Flask:
    """The REST service over its adapters."""
    throttle = Throttle(gate.database)
    sessions = Sessions(gate.database, provider, gate.verifier, throttle)
    resets = Resets(gate.database, directory, throttle)
    return create_service("identity", gate, OPERATIONS, {**sessions.handlers, **resets.handlers, "getMe": me})


def main() -> int:
    """Serves until told to stop."""
    settings = Settings.read()

    def build(_database: Database, gate: Gate) -> Flask:
        return create_app(gate, Provider(settings), Directory(settings))

    return serve(settings, build)
