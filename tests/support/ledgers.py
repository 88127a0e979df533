"""Licensing's books against the CCP's, read from the database and the simulator's ledger alone."""

from collections import Counter
from uuid import UUID

from tests.integration.conftest import World
from tests.support.ccp import Simulator

DONE = ("CONFIRMED", "FINISHED")


def violations(world: World, simulator: Simulator) -> list[str]:
    """What does not add up once nothing is open any more; empty if all does."""
    return [*_quantities(world), *_presents(world), *_licences(world, simulator), *_changes(world, simulator)]


def _quantities(world: World) -> list[str]:
    """Quantity, live licences, and what every order and change has added: three ways to the same number."""
    rows = world.admin.execute(
        """
        SELECT i.id, i.quantity,
            (SELECT count(*) FROM license l WHERE l.subscription_item_id = i.id AND l.returned_at IS NULL),
            (SELECT coalesce(sum(amount), 0) FROM sales_order o
                WHERE o.subscription_item_id = i.id AND o.kind <> 'EXTEND' AND o.ccp_transaction_id IS NOT NULL)
            + (SELECT coalesce(sum(quantity_after - quantity_before), 0) FROM licence_change c
                WHERE c.subscription_item_id = i.id AND c.state IN ('CONFIRMED', 'FINISHED'))
        FROM subscription_item i
        """
    ).fetchall()
    return [
        f"item {item} has the quantity {quantity}, {live} live licences, and its changes come to {sum_of_deltas}"
        for item, quantity, live, sum_of_deltas in rows
        if not quantity == live == sum_of_deltas
    ]


def _presents(world: World) -> list[str]:
    """The present of each licence is the latest row of its histories."""
    rows = world.admin.execute(
        """
        SELECT l.id FROM license l
        WHERE l.account_id IS DISTINCT FROM
                (SELECT account_id FROM license_account h WHERE h.license_id = l.id ORDER BY created_at DESC LIMIT 1)
            OR l.valid_to_date IS DISTINCT FROM (
                SELECT valid_to_date FROM license_valid_to_date h WHERE h.license_id = l.id
                ORDER BY created_at DESC LIMIT 1
            )
        """
    ).fetchall()
    return [f"licence {row[0]} is not as its history has it" for row in rows]


def _licences(world: World, simulator: Simulator) -> list[str]:
    """What is live here is live at the CCP, and nothing else that was sold for our orders."""
    ours = {str(row[0]) for row in world.admin.execute("SELECT id FROM sales_order").fetchall()}
    sold = {
        entry["id"] for sale in simulator.live() if sale["reference"] in ours for entry in sale["answer"]["licenseKeys"]
    }
    returned = {
        one for change in simulator.changes() if change["kind"] == "RETURN" for one in change["answer"]["licenseIds"]
    }
    rows = world.admin.execute("SELECT id FROM license WHERE returned_at IS NULL").fetchall()
    kept = {str(row[0]) for row in rows}
    return [
        *(f"licence {one} is live here, and not at the CCP" for one in kept - (sold - returned)),
        *(f"licence {one} is live at the CCP, and not here" for one in (sold - returned) - kept),
    ]


def _changes(world: World, simulator: Simulator) -> list[str]:
    """Each change that is done was made at the CCP, for each of its licences once; each refused one was not."""
    rows = world.admin.execute(
        "SELECT id, kind, state, license_ids FROM licence_change WHERE state IS NOT NULL"
    ).fetchall()
    found = []
    for change, kind, state, license_ids in rows:
        made = simulator.changes(str(change))
        done = Counter(UUID(one) for entry in made for one in entry["answer"]["licenseIds"])
        wanted = Counter(license_ids if state in DONE else ())  # type: ignore[call-overload]
        charged = sum(entry["answer"].get("totalPrice", 0) > 0 for entry in made)
        if (set(done) if kind == "EXTEND" else done) != (set(wanted) if kind == "EXTEND" else wanted) or charged > 1:
            found.append(f"{kind} {change} is {state} of {len(wanted)}, and the CCP has made {dict(done)}")
        handed_over = "SELECT count(*) FROM outbox WHERE order_id = %s AND queue = 'invoice' AND body LIKE %s"
        orders = world.value(handed_over, change, '%"licenseIds"%')
        if kind == "EXTEND" and orders != (state in DONE):
            found.append(f"the extension {change} is {state}, and was handed over {orders} times")
    return found
