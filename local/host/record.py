"""The record of what a program registered while it runs."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from local.host.errors import ResourceError
from local.host.model import Model, Resource


class Record:
    """Collects registrations from several threads."""

    def __init__(self, stack: str) -> None:
        self._stack = stack
        self._lock = threading.Lock()
        self._resources: dict[str, Resource] = {}
        self._exports: dict[str, Any] = {}

    def claim(self, declared: Resource) -> None:
        """Takes the resource's URN for it.

        Raises:
            ResourceError: another resource has it already.
        """
        with self._lock:
            if declared.urn in self._resources:
                raise ResourceError(declared.type, declared.urn, "declared twice; give one of the two another name")
            self._resources[declared.urn] = declared

    def complete(self, resource: Resource) -> None:
        """Keeps the resource as it is now that it is made."""
        with self._lock:
            self._resources[resource.urn] = resource

    def show(self, urn: str, outputs: Mapping[str, Any]) -> None:
        """Keeps what a component shows to others."""
        with self._lock:
            self._resources[urn] = replace(self._resources[urn], outputs=dict(outputs))

    def export(self, outputs: Mapping[str, Any]) -> None:
        """Keeps the stack's exports."""
        with self._lock:
            self._exports = dict(outputs)

    def model(self) -> Model:
        """Everything so far."""
        with self._lock:
            ordered = tuple(self._resources[urn] for urn in sorted(self._resources))
            return Model(self._stack, ordered, dict(sorted(self._exports.items())))
