"""The answer of one write, kept with its idempotency key in the transaction of its effect."""

import json

from services.common.api import idempotency
from services.common.api.idempotency import Claim
from services.common.database import Connection, Database

Answer = dict[str, object]


class Receipt:
    """One request's answer; without a claim it is only remembered for the request itself."""

    def __init__(self, claim: Claim | None) -> None:
        self._claim = claim
        self.text = ""

    def known(self, database: Database) -> bool:
        """Whether an earlier request under the key has been answered; `text` is that answer then.

        Raises:
            KeyReused: the key came with another body before.
        """
        if self._claim is None:
            return False
        with database.transaction() as connection:
            known = idempotency.find(connection, self._claim)
        if known is None or known.body is None:
            return False
        self.text = known.body
        return True

    def begin(self, connection: Connection) -> None:
        """Takes the key.

        Raises:
            InFlight: another request has it.
        """
        if self._claim is not None:
            idempotency.begin(connection, self._claim)

    def keep(self, connection: Connection, answer: Answer) -> None:
        """Keeps the answer for every repetition."""
        self.text = json.dumps(answer)
        if self._claim is not None:
            idempotency.keep(connection, self._claim, 200, self.text)
