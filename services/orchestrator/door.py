"""Who is calling, and with which command."""

from typing import TypeVar
from uuid import UUID

from flask import request

from services.common import idempotency, web
from services.common.errors import Forbidden
from services.common.idempotency import Claim, Key
from services.common.tokens import Principal, TokenVerifier
from services.orchestrator.callers import Caller
from services.orchestrator.commands import Command
from services.registry import OPERATORS

Given = TypeVar("Given", bound=Command)


def admit(principal: Principal) -> UUID:
    """The operator's subject.

    Raises:
        Forbidden: the caller is no operator.
    """
    if OPERATORS not in principal.groups:
        raise Forbidden("only operators may do this")
    return principal.subject


class Door:
    """Lets operators in and takes their commands."""

    def __init__(self, verifier: TokenVerifier) -> None:
        self._verifier = verifier

    def enter(self) -> UUID:
        """The operator who sent the request at hand."""
        return admit(self._verifier.verify(request.headers.get("Authorization")))

    def take(self, kind: type[Given]) -> tuple[Caller, Given]:
        """The command in the request at hand, and whose it is; the operator is asked for before anything is read."""
        operator = self.enter()
        key = Key.parse(request.headers.get("Idempotency-Key"))
        command = kind.parse(web.json_body())
        if key is None:
            return Caller(operator, None), command
        route = f"{request.method} {request.path}"
        return Caller(operator, Claim(route, key, idempotency.fingerprint(command), operator=operator)), command
