"""Policies of a role as statements that a call can be held against; what is not understood is refused, not skipped."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from local.access.conditions import Condition, conditions
from local.access.errors import PolicyError
from local.access.patterns import arn_pattern, text_pattern, texts

_ELEMENTS = frozenset({"Sid", "Effect", "Action", "Resource", "Condition"})
"""Of a role's policy. NotAction and NotResource allow what nobody has thought of; a Principal is of a resource."""


@dataclass(frozen=True)
class Pattern:
    """An action or a resource as the policy states it."""

    stated: str
    pattern: "re.Pattern[str]"


@dataclass(frozen=True)
class Statement:
    """One statement of a role's policies."""

    sid: str
    deny: bool
    actions: tuple[Pattern, ...]
    resources: tuple[Pattern, ...]
    conditions: tuple[Condition, ...]


def statements(documents: Sequence[str]) -> tuple[Statement, ...]:
    """The statements of all policies of a role.

    Raises:
        PolicyError: something in them is not understood.
    """
    return tuple(statement for document in documents for statement in _of(document))


def _of(document: str) -> Iterator[Statement]:
    try:
        stated = json.loads(document)["Statement"]
    except (ValueError, KeyError, TypeError) as error:
        raise PolicyError(f"not a policy: {error!r}") from error
    for position, one in enumerate(stated if isinstance(stated, list) else [stated]):
        yield _statement(one, f"statement {one.get('Sid', position)}")


def _statement(stated: dict[str, Any], where: str) -> Statement:
    if unknown := sorted(stated.keys() - _ELEMENTS):
        raise PolicyError(f"{where}: {', '.join(unknown)} is not known in the policy of a role")
    if stated.get("Effect") not in {"Allow", "Deny"}:
        raise PolicyError(f"{where}: Effect is {stated.get('Effect')!r}")
    return Statement(
        sid=stated.get("Sid", ""),
        deny=stated["Effect"] == "Deny",
        # IAM takes no notice of the case of actions.
        actions=tuple(
            Pattern(text, text_pattern(text.lower())) for text in texts(stated.get("Action"), f"{where}: Action")
        ),
        resources=tuple(
            Pattern(text, arn_pattern(text)) for text in texts(stated.get("Resource"), f"{where}: Resource")
        ),
        conditions=conditions(stated.get("Condition", {}), where),
    )
