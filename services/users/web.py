"""Composition root of User Management."""

from flask import Flask

from services.common.api import Gate
from services.common.api.serving import ApiSettings, create_app, serve
from services.common.database import Database
from services.common.directory import Directory
from services.common.settings import DirectorySettings
from services.users import accounts, audit, company, subscriptions
from services.users.api import OPERATIONS
from services.users.customers import Customers
from services.users.following import Follower
from services.users.people import People


class Settings(ApiSettings, DirectorySettings):
    """Everything User Management is told."""


def application(gate: Gate, follower: Follower) -> Flask:
    """The REST service; `follower` is woken after each change that the identity provider has to follow."""
    handlers = {
        **company.HANDLERS,
        **People(follower.wake).handlers,
        **audit.HANDLERS,
        **accounts.HANDLERS,
        **subscriptions.HANDLERS,
        **Customers(follower.wake).handlers,
    }
    return create_app("users", gate, OPERATIONS, handlers)


def main() -> int:
    """Serves until told to stop."""
    settings = Settings.read()

    def build(database: Database, gate: Gate) -> Flask:
        follower = Follower(database, Directory(settings))
        follower.start()
        return application(gate, follower)

    return serve(settings, build)
