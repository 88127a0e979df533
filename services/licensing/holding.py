"""Whom a licence belongs to within its customer: assigned, moved and revoked, and each time remembered."""

from typing import Any
from uuid import UUID

from services.common.api import Call, Reply
from services.common.api.call import found
from services.common.database import Connection
from services.common.errors import Conflict, NotFound
from services.licensing import open_changes
from services.licensing.listing import find, shown
from services.licensing.models import Assignment


def assign(call: Call) -> Reply:
    """Gives the licence to an account, be it from another one."""
    return call.once(lambda connection: _hand(connection, call, call.body(Assignment).account_id))


def revoke(call: Call) -> Reply:
    """Takes the licence from its account."""
    return call.once(lambda connection: _hand(connection, call, None))


def lock(connection: Connection, license_id: UUID) -> dict[str, Any]:
    """The licence, nobody else's to change until the transaction ends.

    Raises:
        NotFound: there is none, or none that the caller may see.
    """
    row = connection.execute(
        """
        SELECT id, subscription_item_id, account_id, valid_to_date, returned_at, version FROM license
        WHERE id = %s FOR NO KEY UPDATE
        """,
        (license_id,),
    ).fetchone()
    return found(row, "licence")


def check_there(row: dict[str, Any]) -> None:
    """Returns if the licence is not returned.

    Raises:
        Conflict: it is.
    """
    if row["returned_at"] is not None:
        raise Conflict("the licence was returned: it is kept for the record alone")


def _hand(connection: Connection, call: Call, account: UUID | None) -> Reply:
    row = lock(connection, call.id)
    call.check_version(row["version"])
    check_there(row)
    open_changes.check_license(connection, row["subscription_item_id"], row["id"])
    if account is not None and connection.execute("SELECT FROM account WHERE id = %s", (account,)).rowcount == 0:
        raise NotFound("accountId names no account of yours")
    if row["account_id"] != account:
        # The row's time is taken under the lock: the latest row is the present one.
        connection.execute(
            "INSERT INTO license_account (license_id, account_id, created_at) VALUES (%s, %s, clock_timestamp())",
            (row["id"], account),
        )
    changed = find(connection, row["id"])
    return Reply.of(shown(changed), version=changed["version"])
