"""The mail that tells of licences which end soon."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.manifests.email import EmailManifest

MAX_LINES = 100
"""Groups of licences that a mail lists; it says how many more there are."""
_NAME = 60


@dataclass(frozen=True)
class Ending:
    """Licences of one product in one subscription that end on the same day."""

    product: str
    subscription: str
    ends_on: date
    count: int


def expiry_letter(company: str, to: str, today: date, endings: Sequence[Ending]) -> EmailManifest:
    """The mail, in plain text with an empty line between paragraphs; the licences that end first stand first.

    Args:
        company: whose licences they are.
        to: the address of its mails.
        today: from which the days are counted.
        endings: at least one.
    """
    ordered = sorted(endings, key=lambda one: (one.ends_on, one.product, one.subscription))
    count = sum(ending.count for ending in ordered)
    first = ordered[0].ends_on
    lines = [_line(ending) for ending in ordered[:MAX_LINES]]
    if (more := sum(ending.count for ending in ordered[MAX_LINES:])) > 0:
        lines.append(f"and {more} more")
    paragraphs = (
        f"Dear {company},",
        f"the following licences end soon, the first of them {_in_days(first, today)}:",
        "\n".join(lines),
        "To keep on using them, extend them before that day. Those that you need no longer you may simply let end.",
        "ChangeKind regards\nCloud Sales",
    )
    title = "1 licence ends soon" if count == 1 else f"{count} licences end soon"
    return EmailManifest(title=title, body="\n\n".join(paragraphs), to=to)


def _line(ending: Ending) -> str:
    return f"{ending.count} x {_short(ending.product)}, {_short(ending.subscription)}: valid to {_day(ending.ends_on)}"


def _short(name: str) -> str:
    return name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _in_days(day: date, today: date) -> str:
    days = (day - today).days
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
