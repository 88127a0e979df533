"""IAM's rule: what nothing allows is refused, and what anything denies is refused whatever allows it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from local.access.conditions import Context
from local.access.policy import Pattern, Statement


@dataclass(frozen=True)
class Check:
    """One thing that a call asks a right for; a call may ask for several.

    Attributes:
        action: for example `sqs:SendMessage`.
        resource: the ARN.
        context: the condition keys, in lower case.
    """

    action: str
    resource: str
    context: Context = field(default_factory=dict)


@dataclass(frozen=True)
class Grant:
    """What let a call through: a statement, by its words for the action and the resource."""

    sid: str
    action: str
    resource: str


@dataclass(frozen=True)
class Refusal:
    """Why a call is not let through; `sid` is the statement that denies it, None if none allows it."""

    check: Check
    sid: str | None = None


def judge(check: Check, statements: Iterable[Statement]) -> Grant | Refusal:
    """What IAM says of it."""
    granted: Grant | None = None
    for statement in statements:
        if not (statement.deny or granted is None):
            continue
        action = _first(statement.actions, check.action.lower())
        resource = action and _first(statement.resources, check.resource)
        if action is None or resource is None or not all(one.holds(check.context) for one in statement.conditions):
            continue
        if statement.deny:
            return Refusal(check, statement.sid)
        granted = Grant(statement.sid, action.stated, resource.stated)
    return granted or Refusal(check)


def _first(patterns: Iterable[Pattern], text: str) -> Pattern | None:
    return next((one for one in patterns if one.pattern.fullmatch(text)), None)
