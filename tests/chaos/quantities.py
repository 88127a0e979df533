"""I9: licences and their changes, in the database as in the CCP's ledger, and the money for each change once.

Like the other invariants it is checked from outside, with plain SQL and the ledger's own records. A run is over within
its first days of every licence, so each licence that is returned has unused days, and a credit note is owed for it by
every order that has paid for it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]

MADE = frozenset({"CONFIRMED", "FINISHED"})
"""States of a change that the CCP has made."""
OPEN = frozenset({"RESERVED", "CONFIRMED"})
"""States in which something is still to be done, and nobody is told."""


@dataclass(frozen=True)
class Made:
    """A change in the CCP's ledger."""

    transaction: str
    reference: str | None
    license_ids: tuple[str, ...]


@dataclass(frozen=True)
class Holdings:
    """What the CCP's ledger says of licences.

    Attributes:
        live: the last day of each licence that was not given back, by its sale's transaction and its id.
        changes: everything that was changed, the oldest first.
    """

    live: Mapping[tuple[str, str], str] = field(default_factory=dict)
    changes: Sequence[Made] = ()


ITEMS = """
    SELECT i.id::text AS item, i.quantity,
        (SELECT count(*) FROM license l WHERE l.subscription_item_id = i.id AND l.returned_at IS NULL) AS live,
        (SELECT coalesce(sum(amount), 0) FROM sales_order o
            WHERE o.subscription_item_id = i.id AND o.kind <> 'EXTEND' AND o.ccp_transaction_id IS NOT NULL)
        + (SELECT coalesce(sum(quantity_after - quantity_before), 0) FROM licence_change c
            WHERE c.subscription_item_id = i.id AND c.state IN ('CONFIRMED', 'FINISHED')) AS deltas
    FROM subscription_item i
"""
LICENCES = """
    SELECT l.id::text AS licence, o.ccp_transaction_id::text AS sale, l.returned_at IS NULL AS live,
        l.valid_to_date::text AS ends
    FROM license l JOIN sales_order o ON o.id = l.order_id
"""
CHANGES = """
    SELECT id::text AS change, kind, state, reason, license_ids::text[] AS licences,
        ccp_transactions::text[] AS transactions,
        kind <> 'EXTEND' OR EXISTS (SELECT FROM sales_order o WHERE o.id = c.id)
            AND EXISTS (SELECT FROM license l WHERE l.id = ANY(c.license_ids) AND l.valid_to_date >= c.valid_to_date)
            AS kept
    FROM licence_change c WHERE state IS NOT NULL
"""
CREDITS = """
    WITH returned AS (
        SELECT c.id AS change, l.id AS licence, l.order_id
        FROM licence_change c JOIN license l ON l.id = ANY(c.license_ids)
        WHERE c.kind IN ('RETURN', 'CANCEL') AND c.state = 'FINISHED'
    ), owed AS (
        SELECT change, licence, order_id FROM returned
        UNION ALL
        SELECT r.change, r.licence, e.id FROM returned r JOIN licence_change e ON e.license_ids = ARRAY[r.licence]
        WHERE e.kind = 'EXTEND' AND e.state = 'FINISHED'
    ), notes AS (
        SELECT i.order_id, count(*) AS notes, sum(l.quantity) AS pieces,
            count(*) FILTER (WHERE i.document_path IS NULL) AS unprinted
        FROM invoice i JOIN invoice_line l ON l.invoice_id = i.id WHERE i.kind = 'CREDIT_NOTE' GROUP BY i.order_id
    )
    SELECT coalesce(n.order_id, o.order_id)::text AS order, coalesce(o.notes, 0) AS owed_notes,
        coalesce(o.pieces, 0) AS owed_pieces, coalesce(n.notes, 0) AS notes, coalesce(n.pieces, 0) AS pieces,
        coalesce(n.unprinted, 0) AS unprinted
    FROM notes n FULL JOIN (
        SELECT order_id, count(DISTINCT change) AS notes, count(*) AS pieces FROM owed GROUP BY order_id
    ) o ON o.order_id = n.order_id
"""


def faults(rows: Mapping[str, Sequence[Row]], holdings: Holdings) -> Iterator[str]:
    """What does not add up; `rows` are the answers to `QUERIES` by their names."""
    yield from _quantities(rows["items"])
    unclear = {one for row in rows["changes"] if row["state"] == "PARKED" for one in row["licences"]}
    yield from _licences([row for row in rows["licences"] if row["licence"] not in unclear], holdings, unclear)
    yield from _changes(rows["changes"], holdings)
    yield from _credits(rows["credits"])


QUERIES = {"items": ITEMS, "licences": LICENCES, "changes": CHANGES, "credits": CREDITS}


def _quantities(items: Sequence[Row]) -> Iterator[str]:
    """Quantity, live licences, and what every order and change has added: three ways to the same number."""
    for row in items:
        if not row["quantity"] == row["live"] == row["deltas"]:
            yield (
                f"item {row['item']} has the quantity {row['quantity']}, {row['live']} live licences, "
                f"and its changes come to {row['deltas']}"
            )


def _licences(licences: Sequence[Row], holdings: Holdings, unclear: Set[str]) -> Iterator[str]:
    """What is live here is live at the CCP until that day at least; of a sale that an order names, nothing else is.

    Of the licences in a parked change nobody knows it, which is why a person is asked.
    """
    ours = {(row["sale"], row["licence"]): row["ends"] for row in licences if row["live"]}
    sales = {row["sale"] for row in licences}
    theirs = {name: ends for name, ends in holdings.live.items() if name[0] in sales and name[1] not in unclear}
    for _, licence in sorted(ours.keys() - theirs.keys()):
        yield f"licence {licence} is live here, and not at the CCP"
    for _, licence in sorted(theirs.keys() - ours.keys()):
        yield f"licence {licence} is live at the CCP, and not here"
    for name in sorted(ours.keys() & theirs.keys()):
        if ours[name] > theirs[name]:
            yield f"licence {name[1]} is valid to {ours[name]} here, and to {theirs[name]} at the CCP"


def _changes(changes: Sequence[Row], holdings: Holdings) -> Iterator[str]:
    """None stays open; the CCP has made each that is done, for each licence once, and none that it has refused."""
    made: dict[str | None, list[Made]] = {}
    for one in holdings.changes:
        made.setdefault(one.reference, []).append(one)
    for reference in made.keys() - {row["change"] for row in changes}:
        yield f"the CCP has changed licences for {reference}, which is no change of ours"
    for row in changes:
        name = f"{row['kind']} {row['change']}"
        if row["state"] in OPEN:
            yield f"{name} stays {row['state']}"
        if row["state"] == "PARKED":
            if not row["reason"]:
                yield f"{name} is PARKED without a reason"
            continue
        done = made.get(row["change"], [])
        changed = Counter(licence for one in done for licence in one.license_ids)
        if changed != Counter(row["licences"] if row["state"] in MADE else ()):
            yield (
                f"{name} is {row['state']} and of {len(row['licences'])} licences; "
                f"the CCP has changed {len(changed)} in {len(done)} transactions"
            )
        elif row["state"] in MADE and {one.transaction for one in done} != set(row["transactions"]):
            yield f"{name} names other transactions than the CCP"
        if row["state"] in MADE and not row["kept"]:
            yield f"{name} is {row['state']}, and the licence does not run longer, or no order charges for it"


def _credits(orders: Sequence[Row]) -> Iterator[str]:
    """For each change that took licences back, one printed credit note of every order that had paid for them."""
    for row in orders:
        if (row["notes"], row["pieces"]) != (row["owed_notes"], row["owed_pieces"]):
            yield (
                f"order {row['order']} has {row['notes']} credit notes over {row['pieces']} licences "
                f"instead of {row['owed_notes']} over {row['owed_pieces']}"
            )
        if row["unprinted"]:
            yield f"order {row['order']} has {row['unprinted']} credit notes without a PDF"
