"""What the books say when a scenario is over."""

import re
import time
from collections import Counter
from collections.abc import Sequence

import psycopg

from tests.chaos.checker import Books, unfinished, violations
from tests.drill.aftermath import parted

STUCK_SECONDS = 40.0
"""What has not changed for so long will not: longer than a lease, and than a message in a dead worker's hands."""
_NAMES = re.compile(r"[0-9a-f/-]{20,}\S*")
"""What tells one order's reason from another's: ids, hashes and paths."""


def standing(books: Books) -> list[str]:
    """What the checker finds once all is quiet: of the demonstration's past, which was never mailed."""
    _calm(books)
    return violations(books)


def settled(books: Books, before: Sequence[str]) -> tuple[list[str], list[str]]:
    """What breaks an invariant and did not before, once nothing does or it does not change any more; and beside it what
    a loss explains.
    """
    _calm(books)
    found, since = _new(books, before), time.monotonic()
    while found[0] and time.monotonic() < since + STUCK_SECONDS:
        time.sleep(2.0)
        now = _new(books, before)
        if now != found:
            found, since = now, time.monotonic()
    return found


def missing(books: Books) -> list[str]:
    """The orders that a customer was told of, and that the database does not have."""
    stored = {row["order"] for row in books.rows("SELECT id::text AS order FROM sales_order")}
    return sorted({order for replies in books.accepted().values() for order, _, _ in replies} - stored)


def parked(books: Books) -> Counter[str]:
    """Why orders wait for a person that customers were told of, and how many for each reason."""
    ours = {order for replies in books.accepted().values() for order, _, _ in replies}
    rows = books.rows("SELECT id::text AS order, reason FROM sales_order WHERE state = 'PARKED'")
    return Counter(_NAMES.sub("...", str(row["reason"])) for row in rows if row["order"] in ours)


def doubled(books: Books) -> int:
    """How many orders are there, sold or mailed more often than once, of those that customers were told of."""
    replies = books.accepted()
    ours = {order for told in replies.values() for order, _, _ in told}
    sold = Counter(sale.reference for sale in books.sales())
    numbers = books.rows("SELECT order_id::text AS order, kind, revision FROM invoice")
    invoiced = Counter((row["order"], row["kind"], row["revision"]) for row in numbers)
    mailed = Counter(name for mail in books.mails() for name, _ in mail.files)
    return (
        sum(len({order for order, _, _ in told}) > 1 for told in replies.values())
        + sum(sold[order] > 1 for order in ours)
        + sum(count > 1 and name[0] in ours for name, count in invoiced.items())
        + sum(count > 1 for count in mailed.values())
    )


def _new(books: Books, before: Sequence[str]) -> tuple[list[str], list[str]]:
    known = set(before)
    return parted(books, [finding for finding in violations(books) if finding not in known])


def _calm(books: Books) -> None:
    """Returns once no order is on its way and no message waits, or when nothing of that changes any more.

    A busy machine takes minutes to work off what came while it brought a region up: it has as long as it gets on.
    """
    left, since = _left(books), time.monotonic()
    while left != (0, 0) and time.monotonic() < since + STUCK_SECONDS:
        time.sleep(1.0)
        now = _left(books)
        if now != left:
            left, since = now, time.monotonic()


def _left(books: Books) -> tuple[int, int]:
    """Orders that are on their way, and messages that wait; -1 of what could not be asked for."""
    try:
        return unfinished(books), sum(waiting for waiting, _ in books.depths().values())
    except psycopg.OperationalError:
        return -1, -1
