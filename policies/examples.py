"""Short ways to write the example resources that stand beside a rule."""

from collections.abc import Mapping
from typing import Any

from policies.model import Options, Resource


def sample(resource_type: str, properties: Mapping[str, Any], name: str = "example", **options: Any) -> Resource:
    """An example resource; `options` are those of `policies.model.Options`."""
    urn = f"urn:pulumi:example::cloud-sales::{resource_type}::{name}"
    return Resource(resource_type, name, urn, properties, Options(**options))
