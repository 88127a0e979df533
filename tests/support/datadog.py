"""Reads queries of metrics as Datadog does: what a scope picks, and by which tag it is taken apart."""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase


def scopes(query: str) -> list[str]:
    """The tags by which the query picks what it measures."""
    return re.findall(r"\{([a-z_]+:[^{}]*)\}", query)


def picks(scope: str, tags: Mapping[str, str]) -> bool:
    """Whether what has these tags is measured: all that is stated has to hold, and a `!` turns it round."""
    return all(_holds(stated.lstrip("!"), tags) is not stated.startswith("!") for stated in scope.split(","))


def _holds(stated: str, tags: Mapping[str, str]) -> bool:
    tag, value = stated.split(":", 1)
    return tag in tags and fnmatchcase(tags[tag], value)


def grouped_by(query: str) -> str | None:
    """The tag of which each value alarms by itself; groups that are only counted do not."""
    found = set(re.findall(r" by \{(\w+)\}", query))
    if not found or "count_nonzero(" in query:
        return None
    (tag,) = found
    return str(tag)
