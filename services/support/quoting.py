"""What a person has written, apart from the mail of ours that their program quotes beside it."""

import re
from collections.abc import Callable

SEPARATOR = "##- Please write your answer above this line -##"
"""The first line of every mail about a case."""

_RULE = re.compile(r"\s*[-_*]{3,}.*")
_HEADER = re.compile(r"\s*\*?[^\W\d][\w -]{0,24}:\*?\s.*")
_ATTRIBUTION = re.compile(r"(?=.*[@\d]).{0,400}:\s*")


def own_words(text: str) -> str:
    """The text without our mail, which begins with `SEPARATOR`; what stands before it is the answer.

    Who answers below our mail has to have it marked with `>`: then all lines without are the answer.
    """
    lines = text.splitlines()
    place = next((place for place, line in enumerate(lines) if SEPARATOR in line), None)
    if place is None:
        return text.strip()
    above = "\n".join(_without_introduction(lines[:place])).strip()
    if above or not _quoted(lines[place]):
        return above
    return "\n".join(line for line in lines[place:] if not _quoted(line)).strip()


def _without_introduction(lines: list[str]) -> list[str]:
    """Without what mail programs write before a quotation: 'On Monday, ... wrote:', or a few headers of ours."""
    kept = list(lines)
    _drop_while(kept, lambda line: not line.strip() or _quoted(line))
    if kept and _ATTRIBUTION.fullmatch(kept[-1]):
        kept.pop()
    elif len(kept) > 1 and kept[-1].rstrip().endswith(":") and "@" in kept[-2]:
        del kept[-2:]
    else:
        headers = next((n for n, line in enumerate(reversed(kept)) if not _HEADER.fullmatch(line)), len(kept))
        if headers >= 3:
            del kept[-headers:]
    _drop_while(kept, lambda line: not line.strip() or _RULE.fullmatch(line) is not None)
    return kept


def _drop_while(lines: list[str], drop: Callable[[str], bool]) -> None:
    while lines and drop(lines[-1]):
        lines.pop()


def _quoted(line: str) -> bool:
    return line.lstrip().startswith(">")
