"""Policy documents of IAM and of resources, as typed statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pulumi

Conditions = Mapping[str, Mapping[str, pulumi.Input[str] | Sequence[pulumi.Input[str]]]]


@dataclass(frozen=True)
class Statement:
    """One statement of a policy document; `principal` only belongs into policies that sit on a resource."""

    sid: str
    actions: Sequence[str]
    resources: Sequence[pulumi.Input[str]]
    principal: Mapping[str, str] | Literal["*"] | None = None
    conditions: Conditions | None = None
    effect: Literal["Allow", "Deny"] = "Allow"

    def as_json(self) -> dict[str, Any]:
        """The statement in IAM's own words."""
        stated: dict[str, Any] = {"Sid": self.sid, "Effect": self.effect}
        if self.principal is not None:
            stated["Principal"] = self.principal
        stated["Action"] = list(self.actions)
        if self.resources:
            stated["Resource"] = list(self.resources)
        if self.conditions is not None:
            stated["Condition"] = {test: dict(keys) for test, keys in self.conditions.items()}
        return stated


def document(*statements: Statement) -> pulumi.Output[str]:
    """A policy document as the JSON text that every `policy` argument takes."""
    return pulumi.Output.json_dumps(
        {"Version": "2012-10-17", "Statement": [statement.as_json() for statement in statements]}
    )
