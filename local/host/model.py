"""What a stack's program declared: plain data, detached from the SDK that declared it."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Resource:
    """One declared resource.

    Attributes:
        urn: Its identity, as the Pulumi engine would build it.
        inputs: What the program asked for, under the camelCase names of the wire, secrets unwrapped.
        outputs: The inputs with what the provider adds laid over them; for a component, what it registered.
        id: The provider's identifier; None for a component.
        parent: URN of the component it belongs to; None directly below the stack.
        dependencies: URNs that must exist before it, in alphabetical order.
        ignore_changes: Property names, camelCase, that Pulumi leaves to others once the resource exists.
    """

    urn: str
    type: str
    name: str
    inputs: dict[str, Any]
    outputs: dict[str, Any] = field(default_factory=dict)
    id: str | None = None
    parent: str | None = None
    protect: bool = False
    dependencies: tuple[str, ...] = ()
    ignore_changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Model:
    """One stack: its resources, ordered by URN so that two runs compare equal, and its exports."""

    stack: str
    resources: tuple[Resource, ...]
    outputs: dict[str, Any]

    def of_type(self, token: str) -> tuple[Resource, ...]:
        """The resources of that type token, for example `aws:sqs/queue:Queue`."""
        return tuple(resource for resource in self.resources if resource.type == token)

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.resources)

    def to_json(self) -> str:
        """The model as readable, stable JSON."""
        return json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Model":
        """The model that `to_json` wrote.

        Raises:
            ValueError: the text is not such a model.
        """
        try:
            document = json.loads(text)
            resources = tuple(
                Resource(
                    **{
                        **entry,
                        "dependencies": tuple(entry["dependencies"]),
                        "ignore_changes": tuple(entry["ignore_changes"]),
                    }
                )
                for entry in document["resources"]
            )
            return cls(document["stack"], resources, document["outputs"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a model of a stack: {error!r}") from error
