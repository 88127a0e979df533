"""Composition root of the products service."""

from flask import Flask

from services.common.api import Gate, Handler
from services.common.api.serving import ApiSettings, create_app, serve
from services.common.ccp.pauses import Pauses
from services.common.database import Database
from services.products import exchange, listing, reading, rules, synchroniser, synchronising
from services.products.api import OPERATIONS
from services.products.ccp import CatalogueClient

HANDLERS: dict[str, Handler] = {
    "listProducts": listing.list_products,
    "getProduct": reading.get_product,
    "listPrices": reading.list_prices,
    "listMarginRules": rules.list_rules,
    "createMarginRule": rules.create_rule,
    "deleteMarginRule": rules.delete_rule,
    "listExchangeRates": exchange.list_rates,
    "createExchangeRate": exchange.create_rate,
    "listSynchronisations": synchronising.list_runs,
    "synchroniseCatalogue": synchronising.ask,
}


class Settings(ApiSettings):
    """What every REST service is told, and where the CCP's API is."""

    ccp_url: str


def app(gate: Gate) -> Flask:
    """The REST service over its adapters."""
    return create_app("products", gate, OPERATIONS, HANDLERS)


def main() -> int:
    """Serves until told to stop."""
    settings = Settings.read()

    def build(database: Database, gate: Gate) -> Flask:
        synchroniser.start(database, CatalogueClient(settings.ccp_url, pauses=Pauses(database)))
        return app(gate)

    return serve(settings, build)
