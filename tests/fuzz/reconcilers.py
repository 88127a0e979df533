"""What the threads of the order service and of licensing do beside the requests, turned by hand."""

from services.common.sealing.key_service import KeyService
from services.common.sealing.vault import Vault
from services.common.settings import SecretsSettings
from services.licensing.ccp import LicenceDesk
from services.licensing.settlement import Settlement as Changes
from services.order.ccp import CcpClient
from services.order.reconciler import reconcile
from services.order.settlement import Settlement as Orders
from tests.integration.conftest import World
from tests.support.mall import Mall

BATCH = 50


class Reconcilers:
    """Pursues what a request has left open."""

    def __init__(self, mall: Mall, world: World) -> None:
        self._world = world
        self._ccp = CcpClient(mall.simulator.url)
        vault = Vault(world.database, KeyService(SecretsSettings.read(mall.environment)))
        self._orders = Orders(world.database, self._ccp, vault)
        self._changes = Changes(world.database, LicenceDesk(mall.simulator.url))

    def turn(self) -> None:
        """One round of both, with nothing left to wait for but the CCP."""
        for table in ("sales_order", "licence_change"):
            query = f"UPDATE {table} SET leased_until = now() WHERE state = 'RESERVED' AND leased_until > now()"
            self._world.admin.execute(query.encode())
        reconcile(self._world.database, self._orders, self._ccp)
        self._changes.reconcile(BATCH)
