"""`GET /licenses/{id}/key`: the key in clear, for the customer's own people, and a row that tells who has seen it."""

from services.common.api import Call, Reply
from services.common.api.call import found
from services.common.sealing import license_keys
from services.common.sealing.vault import Vault
from services.licensing.models import LicenseKeyAnswer

NOT_KEPT = {"Cache-Control": "no-store"}


class Keys:
    """Shows keys."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def show(self, call: Call) -> Reply:
        """The key. The reading is committed before the key is opened: none is seen without a trace."""
        with call.transaction() as connection:
            row = connection.execute(
                "SELECT id, customer_id, key, sealed_key, data_key_id FROM license WHERE id = %s", (call.id,)
            ).fetchone()
            licence = found(row, "licence")
            connection.execute(
                "INSERT INTO license_key_reading (license_id, subject) VALUES (%s, %s)",
                (call.id, call.customer.subject),
            )
        reply = Reply.of(LicenseKeyAnswer(license_id=call.id, key=license_keys.opened(self._vault, licence)))
        return Reply(reply.status, reply.text, {**reply.headers, **NOT_KEPT})
