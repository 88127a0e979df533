"""`POST /licenses/{id}/extend`: what is asked for, checked against what is there now, and kept."""

from uuid import UUID, uuid4

from services.common.api import Call
from services.common.api.call import found
from services.common.database import Connection
from services.common.errors import NotAnExtension
from services.licensing import holding, open_changes
from services.licensing.changes import ChangeKind
from services.licensing.models import ValidTo
from services.licensing.reservation import Added, Reservation, locked, price_of
from services.licensing.terms import NoExtension, extension


def prolongation(connection: Connection, call: Call) -> UUID:
    """The change that lets the licence run longer.

    Raises:
        NotFound: there is no such licence, or none that the caller may see.
        PreconditionFailed: the licence has changed since the caller read it.
        ChangeOpen: its item has a change under way.
        Conflict: it was returned.
        NotAnExtension: it would be shortened, or get more than a full term.
        NotPossible: the product is not for sale now.
    """
    place = connection.execute("SELECT subscription_item_id FROM license WHERE id = %s", (call.id,)).fetchone()
    item = locked(connection, found(place, "licence")["subscription_item_id"])
    row = holding.lock(connection, call.id)
    call.check_version(row["version"])
    holding.check_there(row)
    open_changes.check_item(connection, item.id)
    try:
        term = extension(item.today, row["valid_to_date"], call.body(ValidTo).valid_to_date)
    except NoExtension as refusal:
        raise NotAnExtension(str(refusal)) from None
    customer = call.customer.customer_id
    added = Added(row["valid_to_date"], term, price_of(connection, customer, item, 1, term))
    change = Reservation(uuid4(), customer, item, ChangeKind.EXTEND, (row["id"],), added=added)
    return change.keep(connection)
