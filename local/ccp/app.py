"""The application: the provider's own interface, the simulator's switches and the health check."""

from flask import Flask

from local.ccp import market, problems, simulator
from local.ccp.licences import Licences
from local.ccp.provider import Provider
from local.ccp.switchboard import Switchboard

MAXIMUM_BODY_BYTES = 64 * 1024


def create_app(provider: Provider, switchboard: Switchboard) -> Flask:
    """The WSGI application; it touches nothing until it is called."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAXIMUM_BODY_BYTES
    licences = Licences(provider.catalogue, provider.ledger)
    app.register_blueprint(market.blueprint(provider, licences, switchboard))
    app.register_blueprint(simulator.blueprint(switchboard))
    problems.install(app)
    return app
