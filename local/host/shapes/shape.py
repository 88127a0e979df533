"""How an id and outputs follow from a resource's inputs and the place where it lives."""

import hashlib
import string
import uuid
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.host.errors import ResourceError
from local.host.model import Resource
from local.host.provider import Made


@dataclass(frozen=True)
class Place:
    """The account and region that a resource lives in."""

    account: str
    region: str


@dataclass(frozen=True)
class Shape:
    """Templates of an id and outputs, filled with `str.format`.

    Besides the resource's own inputs a template may name {account}, {region}, {uuid} (of this resource alone, the same
    at every run), {hash} (32 hexadecimal digits of it) and {logical} (its name in the program).
    """

    id: str
    outputs: Mapping[str, Any] = field(default_factory=dict)

    def identity(self) -> frozenset[str]:
        """The properties that its id is made of."""
        return frozenset(name for _, name, _, _ in string.Formatter().parse(self.id) if name)

    def fill(self, declared: Resource, place: Place) -> Made:
        """The id and outputs of that resource.

        Raises:
            ResourceError: a property that a template needs is not set; names are never generated here.
        """
        digest = hashlib.sha256(declared.urn.encode()).hexdigest()
        known = {
            "account": place.account,
            "region": declared.inputs.get("region", place.region),
            "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, declared.urn)),
            "hash": digest[:32],
            "logical": declared.name,
        }
        values = ChainMap(known, declared.inputs)
        try:
            answered = _filled(dict(self.outputs), values)
            beside = {key: _beside(declared.inputs.get(key), value) for key, value in answered.items()}
            return Made(self.id.format_map(values), beside)
        except KeyError as missing:
            problem = f"'{missing.args[0]}' must be given explicitly, it is part of the resource's identity"
            raise ResourceError(declared.type, declared.urn, problem) from None


def _beside(asked: Any, answered: Any) -> Any:
    """What a provider adds within an object stands beside what was asked for there."""
    return {**asked, **answered} if isinstance(asked, dict) and isinstance(answered, dict) else answered


def _filled(template: Any, values: Mapping[str, Any]) -> Any:
    match template:
        case str():
            return template.format_map(values)
        case dict():
            return {key: _filled(value, values) for key, value in template.items()}
        case list():
            return [_filled(value, values) for value in template]
        case _:
            return template
