"""What the policies say of a captured stack, before anything of it is created."""

import logging
from collections.abc import Iterable, Mapping

from local.host.errors import PolicyError, SettingsError
from local.host.model import Model
from policies.judge import Options, PolicySettings, PolicySettingsError, Violation, judgement, parse
from policies.judge import Resource as Judged
from policies.telling import rules_of, told

log = logging.getLogger(__name__)


def judged(model: Model) -> Iterable[Judged]:
    """The stack's resources as the policies see them: inputs, with what is known by then laid over them."""
    return (
        Judged(
            type=resource.type,
            name=resource.name,
            urn=resource.urn,
            properties={**resource.inputs, **resource.outputs},
            options=Options(protect=resource.protect, ignore_changes=resource.ignore_changes),
        )
        for resource in model
    )


def policy_settings(stack: str, config: Mapping[str, str]) -> PolicySettings:
    """What the stack's settings say about the policies.

    Raises:
        SettingsError: they cannot be used.
    """
    try:
        return parse(config)
    except PolicySettingsError as error:
        raise SettingsError(f"Pulumi.{stack}.yaml: {error}") from error


def refuse_violations(model: Model, config: Mapping[str, str]) -> None:
    """Logs what is advised or waived, and refuses mandatory violations.

    Raises:
        PolicyError: the stack breaks mandatory policies; the message shows each violation.
        SettingsError: what the stack says about the policies cannot be used.
    """
    found = judgement(judged(model), policy_settings(model.stack, config))
    for violation in found.advice:
        log.warning("%s: %s; `make policy` tells why", violation.rule, violation.wrong)
    for waived in found.waived:
        log.warning("%s", waived)
    if found.vetoes:
        raise PolicyError(refusal(model.stack, found.vetoes))


def refusal(stack: str, vetoes: tuple[Violation, ...]) -> str:
    """Why nothing of the stack is built."""
    broken = rules_of(vetoes)
    count = "1 mandatory policy" if broken == 1 else f"{broken} mandatory policies"
    return f"stack '{stack}' breaks {count}; nothing was created:\n{told(vetoes)}"
