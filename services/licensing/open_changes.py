"""An item has one change at a time: whoever wants another one is told where the first is."""

from uuid import UUID

from services.common.database import Connection
from services.common.errors import ChangeOpen

ADDRESS = "/license-changes/"

OPEN = """
    c.state IN ('RESERVED', 'PARKED')
    OR c.state IS NULL AND o.ccp_transaction_id IS NULL AND o.state IN ('RESERVED', 'PARKED')
"""
"""Whether the change `c` is open, in SQL; `o` is the order of the same id."""

_OF_ITEM = f"""
    SELECT c.id, c.license_ids FROM licence_change c LEFT JOIN sales_order o ON o.id = c.id
    WHERE c.subscription_item_id = %s AND (c.state IS NULL OR c.state IN ('RESERVED', 'PARKED')) AND ({OPEN})
    LIMIT 1
"""  # noqa: S608 - constants; every value is bound


def check_item(connection: Connection, item: UUID) -> None:
    """Returns if no change of the item is open; the item is locked, so that none can come meanwhile.

    Raises:
        ChangeOpen: there is one.
    """
    row = connection.execute(_OF_ITEM, (item,)).fetchone()
    if row is not None:
        raise _in_the_way(row["id"])


def check_license(connection: Connection, item: UUID, license_id: UUID) -> None:
    """Returns if the licence is not about to be returned or extended; the licence is locked.

    Raises:
        ChangeOpen: it is.
    """
    row = connection.execute(_OF_ITEM, (item,)).fetchone()
    if row is not None and license_id in row["license_ids"]:
        raise _in_the_way(row["id"])


def _in_the_way(change: UUID) -> ChangeOpen:
    address = f"{ADDRESS}{change}"
    return ChangeOpen(f"wait for {address}, or look there why it waits", change=address)
