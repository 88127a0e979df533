"""Composition root of licensing."""

from flask import Flask

from services.common.api import Gate
from services.common.api.serving import ApiSettings, create_app, serve
from services.common.ccp.pauses import Pauses
from services.common.database import Database
from services.common.sealing.key_service import KeyService
from services.common.sealing.vault import Vault
from services.common.settings import SecretsSettings
from services.licensing import holding, items, listing, reconciler
from services.licensing.api import OPERATIONS
from services.licensing.ccp import LicenceDesk
from services.licensing.changing import Changing
from services.licensing.secret import Keys
from services.licensing.settlement import Settlement


class Settings(ApiSettings, SecretsSettings):
    """Everything licensing is told."""

    ccp_url: str


def build(gate: Gate, settlement: Settlement, vault: Vault) -> Flask:
    """The REST service over its adapters."""
    handlers = {
        "listLicenses": listing.list_licenses,
        "getLicense": listing.get_license,
        "getLicenseHistory": listing.history,
        "getLicenseKey": Keys(vault).show,
        "assignLicense": holding.assign,
        "revokeLicense": holding.revoke,
        "listSubscriptionItems": items.list_items,
        "getSubscriptionItem": items.get_item,
        **Changing(settlement).handlers,
    }
    return create_app("licensing", gate, OPERATIONS, handlers)


def main() -> int:
    """Serves until told to stop."""
    settings = Settings.read()

    def built(database: Database, gate: Gate) -> Flask:
        desk = LicenceDesk(settings.ccp_url, pauses=Pauses(database))
        settlement = Settlement(database, desk)
        reconciler.start(database, settlement)
        return build(gate, settlement, Vault(database, KeyService(settings)))

    return serve(settings, built)
