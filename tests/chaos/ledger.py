"""The CCP's ledger, read from its file and never through its API."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chaos.checker import Sale
from tests.chaos.quantities import Holdings, Made

_LIVE = """
    SELECT l.sale, l.id, l.valid_to FROM license l JOIN sale s ON s.transaction_id = l.sale
    WHERE s.sequence > ? AND s.cancelled_at IS NULL AND l.returned_at IS NULL
"""
_CHANGED = """
    SELECT c.transaction_id, c.reference, json_extract(c.answer, '$.licenseIds') FROM change c
    WHERE EXISTS (
        SELECT 1 FROM json_each(c.answer, '$.licenseIds') i JOIN license l ON l.id = i.value
        JOIN sale s ON s.transaction_id = l.sale WHERE s.sequence > ?
    ) ORDER BY c.sequence
"""


@dataclass(frozen=True)
class Ledger:
    """The sales after a certain one, and their licences.

    Attributes:
        first_sale: it and those before it are not looked at, and neither are their licences.
    """

    file: Path
    first_sale: int = 0

    def sales(self, *, cancelled: bool = False) -> Sequence[Sale]:
        """The sales; those that were cancelled only if they are wanted too."""
        query = "SELECT * FROM sale WHERE sequence > ?"
        with sqlite3.connect(f"file:{self.file}?mode=ro", uri=True) as ledger:
            ledger.row_factory = sqlite3.Row
            found = [dict(row) for row in ledger.execute(query, (self.first_sale,)).fetchall()]
        return [_sale(row) for row in found if cancelled or not row["cancelled_at"]]

    def holdings(self) -> Holdings:
        """The licences of the sales, and what was changed of them."""
        with sqlite3.connect(f"file:{self.file}?mode=ro", uri=True) as ledger:
            live = ledger.execute(_LIVE, (self.first_sale,)).fetchall()
            changed = ledger.execute(_CHANGED, (self.first_sale,)).fetchall()
        return Holdings(
            {(sale, licence): ends for sale, licence, ends in live},
            [Made(name, reference, tuple(json.loads(ids))) for name, reference, ids in changed],
        )


def _sale(row: Mapping[str, Any]) -> Sale:
    answer = json.loads(row["answer"])
    keys = tuple(entry["key"] for entry in answer["licenseKeys"])
    return Sale(row["transaction_id"], row["reference"], row["customer_id"], keys)
