"""Violations for people: rule by rule, since one mistake often shows at many resources."""

import textwrap
from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter

from policies.model import Level, Violation


def told(violations: Iterable[Violation]) -> str:
    """Each rule that is broken, with what is wrong where, why it matters and how to fix it."""
    rule = attrgetter("rule")
    return "\n".join(_rule(list(some)) for _, some in groupby(sorted(violations, key=rule), key=rule))


def rules_of(violations: Iterable[Violation]) -> int:
    """How many rules are broken."""
    return len({violation.rule for violation in violations})


def _rule(violations: list[Violation]) -> str:
    first = violations[0]
    head = first.rule if first.level is Level.MANDATORY else f"{first.rule} ({first.level})"
    faults = [f"  - {one.wrong}\n    {one.urn}" if one.urn else f"  - {one.wrong}" for one in violations]
    reasons = [_wrapped("why", first.why), _wrapped("fix", first.remedy)] if first.why else []
    return "\n".join([f"{head}:", *faults, *reasons])


def _wrapped(label: str, text: str) -> str:
    return textwrap.fill(f"{label}: {text}", width=110, initial_indent="  ", subsequent_indent="       ")
