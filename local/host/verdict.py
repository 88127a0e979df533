"""What the policies say of a captured stack, before anything of it is created."""

import logging

from local.host.errors import PolicyError
from local.host.model import Model
from policies.judge import Level, Options, judge
from policies.judge import Resource as Judged

log = logging.getLogger(__name__)


def refuse_violations(model: Model) -> None:
    """Logs advisory violations and refuses mandatory ones.

    Raises:
        PolicyError: the stack breaks mandatory policies; the message shows each violation.
    """
    violations = judge(
        Judged(
            type=resource.type,
            name=resource.name,
            urn=resource.urn,
            properties={**resource.inputs, **resource.outputs},
            options=Options(protect=resource.protect, ignore_changes=resource.ignore_changes),
        )
        for resource in model
    )
    vetoes = [str(violation) for violation in violations if violation.level is Level.MANDATORY]
    for violation in violations:
        if violation.level is not Level.MANDATORY:
            log.warning("%s", violation)
    if vetoes:
        listed = "\n".join(f"- {veto}" for veto in vetoes)
        raise PolicyError(
            f"stack '{model.stack}' breaks {len(vetoes)} mandatory policies; nothing was created:\n{listed}"
        )
