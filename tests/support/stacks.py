"""The stacks as they stand in the repository, captured once for all tests."""

import json
from functools import cache
from typing import Any

from local.host import Model, Resource, capture
from local.host.capture import ROOT
from local.host.shapes.shape import Place

WORLDWIDE = "global"
STACKS = sorted({path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml")} - {WORLDWIDE})
"""The stacks of the regions."""


@cache
def model_of(stack: str) -> Model:
    """The model of `WORLDWIDE` or of one of `STACKS`."""
    return capture(stack)


def only(model: Model, token: str) -> Resource:
    """The one resource of that type."""
    (resource,) = model.of_type(token)
    return resource


def place_of(model: Model) -> Place:
    """Where the stack is."""
    arn = model.of_type("aws:kms/key:Key")[0].outputs["arn"].split(":")
    return Place(account=arn[4], region=arn[3])


def statements(policy: str) -> list[dict[str, Any]]:
    """The statements of a policy document."""
    stated: list[dict[str, Any]] = json.loads(policy)["Statement"]
    return stated
