"""Composition root of the order service."""

from flask import Flask

from services.common.api import Gate
from services.common.api.serving import create_app as create_service
from services.common.api.serving import serve
from services.common.ccp.pauses import Pauses
from services.common.database import Database
from services.common.sealing.key_service import KeyService
from services.common.sealing.vault import Vault
from services.order import reconciler
from services.order.api import OPERATIONS
from services.order.cancellations import Cancellations
from services.order.cancelling import Cancelling
from services.order.ccp import CcpClient
from services.order.listing import list_orders
from services.order.lookup import get_order
from services.order.ordering import Ordering
from services.order.settings import Settings
from services.order.settlement import Settlement


def create_app(gate: Gate, settlement: Settlement, cancellations: Cancellations) -> Flask:
    """The REST service over its adapters."""
    handlers = {
        "createOrder": Ordering(settlement).create_order,
        "listOrders": list_orders,
        "getOrder": get_order,
        "cancelOrder": Cancelling(cancellations).cancel_order,
    }
    return create_service("order", gate, OPERATIONS, handlers)


def main() -> int:
    """Serves until told to stop."""
    settings = Settings.read()

    def build(database: Database, gate: Gate) -> Flask:
        ccp = CcpClient(settings.ccp_url, pauses=Pauses(database))
        vault = Vault(database, KeyService(settings))
        settlement = Settlement(database, ccp, vault)
        cancellations = Cancellations(database, ccp)
        reconciler.start(database, settlement, ccp, vault, cancellations)
        return create_app(gate, settlement, cancellations)

    return serve(settings, build)
