"""Which target group a path leads to, as the rules of the declared load balancer say."""

import re
from dataclasses import dataclass

from local.cluster.errors import NotHonouredError
from local.host.model import Model, Resource

RULE_TYPE = "aws:lb/listenerRule:ListenerRule"


@dataclass(frozen=True)
class Rule:
    """Paths that lead to one target group; in a pattern `*` stands for any text and `?` for one character."""

    priority: int
    patterns: tuple[str, ...]
    target_group: str


def rules(model: Model) -> tuple[Rule, ...]:
    """The rules of the model, those that win first.

    Raises:
        NotHonouredError: a rule looks at more than the path, or does something else than forward.
    """
    return tuple(sorted(map(_rule, model.of_type(RULE_TYPE)), key=lambda rule: rule.priority))


def matches(pattern: str, path: str) -> bool:
    """Whether the pattern covers the path."""
    parts = (".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", pattern))
    return re.fullmatch("".join(parts), path) is not None


def _rule(resource: Resource) -> Rule:
    conditions, actions = resource.inputs.get("conditions") or [], resource.inputs.get("actions") or []
    if [list(condition) for condition in conditions] != [["pathPattern"]]:
        raise NotHonouredError(f"{resource.urn}: conditions are honoured only as one pathPattern")
    if len(actions) != 1 or actions[0].get("type") != "forward" or "targetGroupArn" not in actions[0]:
        raise NotHonouredError(f"{resource.urn}: actions are honoured only as one forward to one target group")
    patterns = tuple(conditions[0]["pathPattern"]["values"])
    return Rule(int(resource.inputs["priority"]), patterns, actions[0]["targetGroupArn"])
