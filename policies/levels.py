"""The level of every rule, in one place. A rule that is not named here is mandatory.

So a rule that nobody thought about stops a deployment instead of being overlooked, and whoever softens one has to say
here why a breach may be built all the same. A stack's settings may set another level for itself (`policies.settings`).
"""

from collections.abc import Mapping

from policies.model import Level

SOFTENED: Mapping[str, tuple[Level, str]] = {
    "budget-exists": (
        Level.ADVISORY,
        "money that is spent unseen harms nobody's data, and an account may have its own.",
    ),
    "cost-guard": (Level.ADVISORY, "what is too much is for those to say who pay, and may be wanted for a day."),
    "pod-identity-only": (
        Level.ADVISORY,
        "an add-on may know no other way to its rights than OIDC, and then waits for its next version.",
    ),
    "s3-access-logging": (
        Level.ADVISORY,
        "who reads objects is recorded for the whole account, by its trail, which no stack of ours declares.",
    ),
    "slo-has-burn-alert": (Level.ADVISORY, "an objective is of use before its alerts are, to learn what is normal."),
    "tags": (Level.ADVISORY, "a tag can be added at any time, and no deployment should wait for one."),
    "visibility-vs-timeout": (Level.ADVISORY, "work that is done twice is found by its number and left alone."),
    "zone-dnssec-logging": (
        Level.ADVISORY,
        "both stand in us-east-1, outside the EU, and a lost signing key takes every name away at once.",
    ),
}
"""By rule: its level, and why it is not mandatory."""


def level_of(rule: str) -> Level:
    """The rule's level where no stack says otherwise."""
    return SOFTENED[rule][0] if rule in SOFTENED else Level.MANDATORY
