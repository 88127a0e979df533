"""I7 to I9: nobody's things are another's, no licence key lies in clear, and licences are what they are at the CCP."""

from collections.abc import Iterator

from tests.chaos import quantities
from tests.chaos.tenants import TENANTS
from tests.chaos.truth import Snapshot


def i7(seen: Snapshot) -> Iterator[str]:
    """Nothing of one customer's is another's."""
    for fault, query in TENANTS.items():
        for row in seen.books.rows(query):
            yield f"I7: {row['what']} {fault}"
    owners = {row["order"]: row["customer_id"] for row in seen.orders}
    for sale in seen.sales:
        if sale.reference in owners and owners[sale.reference] != sale.customer:
            yield f"I7: {sale.reference} was bought in the name of {sale.customer}"


def i8(seen: Snapshot) -> Iterator[str]:
    """No licence key lies in clear."""
    for place in seen.books.in_clear():
        yield f"I8: a licence key lies in clear in {place}"


def i9(seen: Snapshot) -> Iterator[str]:
    """The quantities and terms that we have are those of the CCP."""
    # The database comes first here too: what it has as changed must be changed at the CCP by then.
    rows = {name: seen.books.rows(query) for name, query in quantities.QUERIES.items()}
    for fault in quantities.faults(rows, seen.books.holdings()):
        yield f"I9: {fault}"
