"""One operation of the API, as data: what goes in, what comes out, and in which words it is told."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services import registry
from services.common.api.models import Answered, Id, Input
from services.common.errors import Problem
from services.registry import Caller, Route, Scope

_PARAMETER = re.compile(r"\{([A-Za-z]+)\}")


@dataclass(frozen=True)
class Example:
    """A request as the documents show it and the tests send it, and its answer.

    Attributes:
        title: what it shows.
        body: the request's body.
        answer: the answer's body.
    """

    title: str
    answer: Any
    body: Any = None


@dataclass(frozen=True, kw_only=True)
class Operation:
    """An operation.

    Attributes:
        method: of HTTP.
        path: with `{name}` for a segment that is a parameter.
        name: its `operationId`, in camelCase.
        summary: what it does, in one line.
        description: what a caller has to know beyond it.
        body: the request's body.
        query: the query parameters.
        answer: the body of the usual answer; None for one without a body.
        status: of the usual answer.
        also: other answers that are no problem, by status.
        downloads: the media types of an answer that is a file.
        problems: the problems it has of its own, beside those of every operation.
        versioned: its answer carries an `ETag`.
        if_match: it wants the `ETag` that its caller has seen.
        key: it takes an `Idempotency-Key`; every operation that changes something for a signed-in caller does.
        parameters: the types of the path's parameters that are no ids.
        examples: what the portal shows.
    """

    method: str
    path: str
    name: str
    summary: str
    description: str = ""
    body: type[Input] | None = None
    query: type[Input] | None = None
    answer: Answered | None = None
    status: int = 200
    also: Mapping[int, Answered | None] = field(default_factory=dict)
    downloads: tuple[str, ...] = ()
    problems: tuple[type[Problem], ...] = ()
    versioned: bool = False
    if_match: bool = False
    key: bool = False
    parameters: Mapping[str, Any] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    @property
    def callers(self) -> frozenset[Caller]:
        """Who may call it, as the registry has it.

        Raises:
            KeyError: the registry has no such route.
        """
        return self._route.callers

    @property
    def scope(self) -> Scope | None:
        """What a service needs to call it; None if none may.

        Raises:
            KeyError: the registry has no such route.
        """
        return self._route.scope

    @property
    def public(self) -> bool:
        """Whether anybody may call it."""
        return Caller.PUBLIC in self.callers

    @property
    def path_parameters(self) -> Mapping[str, Any]:
        """The path's parameters with their types, in their order."""
        return {name: self.parameters.get(name, Id) for name in _PARAMETER.findall(self.path)}

    @property
    def _route(self) -> Route:
        for service in registry.SERVICES:
            for route in service.routes:
                if (route.method, route.path) == (self.method, self.path):
                    return route
        raise KeyError(f"{self.method} {self.path} is no route of the registry")
