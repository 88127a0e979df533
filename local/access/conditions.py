"""Conditions of a statement: the operators and the keys that our policies use, and no others.

What is not known is refused when the policy is read. To take a key that nobody fills in for one that is absent would
let a statement say more, or less, than it says in AWS.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from local.access.errors import PolicyError
from local.access.patterns import arn_pattern, text_pattern, texts

Context = Mapping[str, str | Sequence[str]]
"""What is known of one call, by condition key; a few keys have several values."""

KEYS = frozenset({"kms:viaservice", "ses:fromaddress"})
FAMILIES = ("kms:encryptioncontext:", "route53:changeresourcerecordsets")
"""Keys that `calls` fills in wherever AWS would, in lower case, as IAM compares them; of a family, the beginning."""

Matches = Callable[[str], bool]


def _equals(expected: str) -> Matches:
    return expected.__eq__


def _like(expected: str) -> Matches:
    pattern = text_pattern(expected)
    return lambda value: pattern.fullmatch(value) is not None


def _arn(expected: str) -> Matches:
    pattern = arn_pattern(expected)
    return lambda value: pattern.fullmatch(value) is not None


OPERATORS: Mapping[str, Callable[[str], Matches]] = {
    "StringEquals": _equals,
    "StringLike": _like,
    # To IAM the two are the same.
    "ArnEquals": _arn,
    "ArnLike": _arn,
}
_NULL = "Null"
_EACH = "ForAllValues:"
"""Before an operator: every value of the key has to match, and so does a key without any."""
_EXPECTED = re.compile("true|false", re.IGNORECASE)


@dataclass(frozen=True)
class Condition:
    """One key under one operator; the call's value, or each of its values, has to match one of those stated."""

    key: str
    matches: tuple[Matches, ...]
    absent: bool = False
    each: bool = False

    def holds(self, context: Context) -> bool:
        """Whether the call is such a one."""
        value = context.get(self.key)
        if value is None:
            return self.absent
        if isinstance(value, str):
            return any(match(value) for match in self.matches)
        return self.each and all(any(match(one) for match in self.matches) for one in value)


def conditions(stated: object, where: str) -> tuple[Condition, ...]:
    """The conditions of a statement; all have to hold.

    Raises:
        PolicyError: an operator or a key is none of those known here, or a value is no text.
    """
    if not isinstance(stated, dict):
        raise PolicyError(f"{where}: Condition is no object")
    return tuple(
        _condition(operator, key, values, where) for operator, keys in stated.items() for key, values in keys.items()
    )


def _condition(operator: str, key: str, values: object, where: str) -> Condition:
    known = key.lower()
    if known not in KEYS and not known.startswith(FAMILIES):
        raise PolicyError(f"{where}: the condition key {key} is not known here: teach local/access/calls.py to fill it")
    expected = texts(values, f"{where}: {operator} {key}")
    if operator == _NULL:
        if len(expected) != 1 or not _EXPECTED.fullmatch(expected[0]):
            raise PolicyError(f"{where}: Null {key} wants true or false, not {values!r}")
        absent = expected[0].lower() == "true"
        return Condition(known, () if absent else (lambda _: True,), absent)
    each = operator.startswith(_EACH)
    made = OPERATORS.get(operator.removeprefix(_EACH))
    if made is None:
        raise PolicyError(f"{where}: the operator {operator} is not known here: add it to local/access/conditions.py")
    return Condition(known, tuple(made(text) for text in expected), absent=each, each=each)
