"""Conditions of IAM statements: what a statement holds fast."""

from collections.abc import Mapping
from typing import Any

from policies.reading import listed, mapping

_TESTS = frozenset({"StringEquals", "StringLike", "ArnEquals", "ArnLike"})
"""Tests that a request has to pass and that fail where it says nothing; `...IfExists` and negations narrow nothing."""


def bound(statement: Mapping[str, Any], keys: frozenset[str], *, exact: bool = False) -> bool:
    """Whether a condition holds one of the keys (in lower case) to values that are no star or, if `exact`, hold none.

    IAM takes the keys of conditions in either case.
    """
    for test, stated in mapping(statement.get("Condition")).items():
        for key, value in mapping(stated).items():
            values = [str(one) for one in listed(value)]
            narrow = values and not any("*" in one if exact else one.strip("*") == "" for one in values)
            if test in _TESTS and key.lower() in keys and narrow:
                return True
    return False
