"""The part that a cloud provider's plugin plays for the engine."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.host.model import Resource


@dataclass(frozen=True)
class Made:
    """What a provider answers for a resource: its id and the outputs that it adds to the inputs."""

    id: str
    outputs: Mapping[str, Any]


class Provider(ABC):
    """Answers for every provider plugin that the program uses; called from several threads."""

    @abstractmethod
    def make(self, declared: Resource) -> Made:
        """Makes the resource, or invents it.

        Raises:
            HostError: the type is not known here, or the resource cannot be made.
        """

    @abstractmethod
    def invoke(self, token: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answers a provider function.

        Raises:
            HostError: the function is not known here.
        """
