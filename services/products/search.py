"""The catalogue's full-text search: what a person types, as a query that PostgreSQL understands. Pure."""

import re

_WORD = re.compile(r"\w+")
MOST_WORDS = 12
"""More narrow nothing down that these did not."""


def prefixes(typed: str) -> str:
    """Every word, each from its beginning; empty if there is none, which matches nothing.

    The words are letters, digits and underscores alone, so nothing in them means anything to PostgreSQL.
    """
    return " & ".join(f"'{word}':*" for word in _WORD.findall(typed)[:MOST_WORDS])
