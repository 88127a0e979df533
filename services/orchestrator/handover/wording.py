"""Times and texts as a person reads them in a mail."""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime

LONGEST = 160
"""Characters of a reason; the whole stands in the operators' API."""
_UNPRINTABLE = ("Cc", "Cf", "Cs", "Zl", "Zp")


def line(text: str | None) -> str:
    """One printable line, not too long: a reason may quote what another system has said."""
    plain = "".join(" " if unicodedata.category(one) in _UNPRINTABLE else one for one in text or "")
    told = " ".join(plain.split()) or "without a reason"
    return told if len(told) <= LONGEST else f"{told[: LONGEST - 1]}…"


def listed(heading: str, lines: Iterable[str]) -> str:
    """The lines under their heading; nothing if there are none."""
    told = list(lines)
    return "\n".join((f"{heading}:", *told)) if told else ""


def counted(number: int | None, one: str, many: str | None = None) -> str:
    """The number with what it counts; None: nobody knows how many."""
    return f"{'?' if number is None else number} {one if number == 1 else many or f'{one}s'}"


def at(moment: datetime) -> str:
    """For example `23 November 2026, 07:00 UTC`: those who read it are in several zones."""
    told = moment.astimezone(UTC)
    return f"{told.day} {told:%B %Y, %H:%M} UTC"


def ago(since: datetime, now: datetime) -> str:
    """How long that is, in the two largest units that matter."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    days, hours, left = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {left} min"
    return f"{left} min" if left else "less than a minute"
