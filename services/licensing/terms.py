"""The days of a licence: which are charged when it comes to an item or runs longer, and which are unused at its return.

Days are counted from one end to the next: a licence that is valid to the 31st and extended to the 30th of the month
after is charged 30 days. The day of purchase does not count, so that buying and returning on one day costs nothing.
"""

from dataclasses import dataclass
from datetime import date, timedelta

TERM_DAYS = 365
"""What the sales price pays for."""


class NoExtension(Exception):
    """The licence cannot be extended so; the message says why, in words for its customer."""


@dataclass(frozen=True)
class Term:
    """Days that are paid for, both ends among them, and how many of a full term are charged for them."""

    starts_on: date
    ends_on: date
    charged_days: int
    term_days: int = TERM_DAYS


def joining(today: date, item_ends_on: date | None) -> Term:
    """The term of licences that come to an item: they end with it, but never run for more than a full term.

    Args:
        today: the day they are bought.
        item_ends_on: the latest end among the item's licences; None if it has none.
    """
    full = today + timedelta(days=TERM_DAYS)
    if item_ends_on is None or item_ends_on <= today:
        return Term(today, full, TERM_DAYS)
    ends_on = min(item_ends_on, full)
    return Term(today, ends_on, (ends_on - today).days)


def extension(today: date, valid_to: date, wanted: date) -> Term:
    """The days that an extension adds.

    Raises:
        NoExtension: the licence has ended, would be shortened or stay as it is, or would get more than a full term.
    """
    days = (wanted - valid_to).days
    if valid_to < today:
        raise NoExtension(f"the licence ended on {valid_to}: it cannot be extended, only bought anew")
    if days < 1:
        raise NoExtension(f"the licence is valid to {valid_to}: an extension has to end later, and never shortens it")
    if days > TERM_DAYS:
        raise NoExtension(f"{days} days are more than a full term of {TERM_DAYS}: extend in two steps")
    return added(valid_to, wanted)


def added(valid_to: date, ends_on: date) -> Term:
    """The days after one end, up to another."""
    return Term(valid_to + timedelta(days=1), ends_on, (ends_on - valid_to).days)


@dataclass(frozen=True)
class Paid:
    """What an order has paid for of a licence: the last of the days, and how many of a full term."""

    ends_on: date
    charged_days: int
    term_days: int = TERM_DAYS

    def unused(self, today: date) -> int:
        """How many of the days come after today."""
        return max(0, min(self.charged_days, (self.ends_on - today).days))
