"""Conditions of IAM statements: what a statement holds fast."""

from collections.abc import Mapping
from re import fullmatch
from typing import Any

from policies.reading import listed, mapping

_TESTS = frozenset({"stringequals", "stringlike", "arnequals", "arnlike", "stringequalsignorecase"})
"""Tests that a request has to pass and that fail where it says nothing; `...IfExists` and negations narrow nothing."""

_ARN = r"arn:[\w-]+:[\w-]+:[^:]*:(\d{12}|aws):.+"
_BUCKET = r"arn:[\w-]+:(s3|route53|apigateway):[^:]*::[^*?]{3,}.*"
"""ARNs that hold no account, and so have to begin with a name."""

_PARTY = r"\d{12}|o-[a-z0-9]{10,32}"


def names_somebody(value: object) -> bool:
    """Whether the value of a condition names an account, an organisation, or a resource of a named account."""
    return fullmatch(f"{_ARN}|{_BUCKET}|{_PARTY}", str(value)) is not None


def _is_narrow(key: str, value: object, *, exact: bool) -> bool:
    text = str(value)
    if exact:
        return not set("*?") & set(text)
    if key.startswith("aws:") or text.startswith("arn:"):
        return names_somebody(text)
    return len(text.replace("*", "").replace("?", "")) > 2


def bound(statement: Mapping[str, Any], keys: frozenset[str], *, exact: bool = False) -> bool:
    """Whether a condition holds one of the keys (in lower case) to values that are no star or, if `exact`, hold none.

    IAM takes the tests and the keys of conditions in either case.
    """
    for test, stated in mapping(statement.get("Condition")).items():
        for key, value in mapping(stated).items():
            values, name = listed(value), str(key).lower()
            narrow = values and all(_is_narrow(name, one, exact=exact) for one in values)
            if str(test).lower() in _TESTS and name in keys and narrow:
                return True
    return False
