"""Waivers: a breach that is known, for a stated reason, by somebody's leave, and until a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from re import fullmatch, search
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints

from policies.model import Level, Violation

EXPIRED = "waiver-expired"
UNUSED = "waiver-unused"
EXPIRED_WHY = "An exception without an end is a change of the rule that nobody decided on."
EXPIRED_REMEDY = "fix the resource and remove the waiver, or have its owner renew it with a new reason."
UNUSED_WHY = "A waiver that is left behind hides the next breach of the same rule."
UNUSED_REMEDY = "remove it from the stack's settings."


def _narrow(pattern: str) -> str:
    kind, _, name = pattern.rpartition("::")
    wild = set("*?") & set(pattern)
    if not pattern.strip() or (wild and (not search(r"[^\W_]{3}", name) or (":" in name and not kind))):
        raise ValueError("should name a resource, by three letters or more: what holds for every one is a level")
    return pattern


def _said(text: str) -> str:
    if sum(map(str.isalnum, text)) < len(text) / 2 or not text.isprintable():
        raise ValueError("should be words on one line")
    return text


def _day(value: object) -> object:
    if isinstance(value, date) or (isinstance(value, str) and fullmatch(r"\d{4}-\d{2}-\d{2}", value)):
        return value
    raise ValueError('should be a day such as "2027-01-31"')


class Waiver(BaseModel):
    """One exception of a stack.

    `resource` is a name as in the program, or a URN with its `::`; `*` and `?` stand for what one waiver has to cover,
    and nothing else does.
    `until` is the last day on which it holds, by UTC.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str
    resource: Annotated[str, AfterValidator(_narrow)]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=20), AfterValidator(_said)]
    owner: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3), AfterValidator(_said)]
    until: Annotated[date, BeforeValidator(_day)]

    def covers(self, violation: Violation) -> bool:
        """Whether it is about this breach, whatever the day."""
        found = violation.urn if "::" in self.resource else violation.name
        return violation.rule == self.rule and fnmatchcase(found, self.resource.replace("[", "[[]"))

    def expired(self, today: date) -> bool:
        """Whether its last day has gone."""
        return today > self.until

    def __str__(self) -> str:
        return f"{self.rule} for {self.resource!r}, by {self.owner} until {self.until}: {self.reason}"


@dataclass(frozen=True)
class Waived:
    """A breach, and the waiver that lets it pass."""

    violation: Violation
    waiver: Waiver

    def __str__(self) -> str:
        waiver = self.waiver
        return (
            f"{self.violation.rule}: {self.violation.wrong} (waived by {waiver.owner} until {waiver.until}: "
            f"{waiver.reason})"
        )


def apply(
    violations: Iterable[Violation], waivers: Sequence[Waiver], today: date
) -> tuple[list[Violation], list[Waived]]:
    """What is left of the violations, and what is waived.

    An expired waiver covers nothing, and is a mandatory violation itself. One that nothing needs is an advisory one: a
    preview does not know every value yet, so it cannot be told for certain there.
    """
    current = [waiver for waiver in waivers if not waiver.expired(today)]
    left, waived = [], []
    for violation in violations:
        waiver = next((one for one in current if one.covers(violation)), None)
        if waiver:
            waived.append(Waived(violation, waiver))
        else:
            left.append(violation)
    used = [one.waiver for one in waived]
    left += [expiry(waiver) for waiver in waivers if waiver.expired(today)]
    left += [disuse(waiver) for waiver in current if waiver not in used]
    return left, waived


def expiry(waiver: Waiver) -> Violation:
    """That the waiver's time is over."""
    wrong = f"the waiver of {waiver.rule} for {waiver.resource!r} by {waiver.owner} ended on {waiver.until}"
    return Violation(EXPIRED, Level.MANDATORY, "", wrong, EXPIRED_WHY, EXPIRED_REMEDY)


def disuse(waiver: Waiver) -> Violation:
    """That the waiver covers no breach."""
    wrong = f"the waiver of {waiver.rule} for {waiver.resource!r} by {waiver.owner} matches no breach"
    return Violation(UNUSED, Level.ADVISORY, "", wrong, UNUSED_WHY, UNUSED_REMEDY)
