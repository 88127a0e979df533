"""One request, checked: who calls, what they ask for, and the transaction that shows them what is theirs."""

import hashlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from services.common.api import idempotency
from services.common.api.callers import Customer, Service, Staff
from services.common.api.idempotency import Claim, Key
from services.common.api.models import Input
from services.common.api.reply import Reply
from services.common.database import Connection, Database
from services.common.errors import NotFound, PreconditionFailed
from services.common.writer import Purpose

Given = TypeVar("Given", bound=Input)


@dataclass(frozen=True)
class Call:
    """A request to one operation.

    Attributes:
        database: the shared database; take `transaction` instead, unless the caller is nobody yet.
        caller: None for a public operation.
        path: the path's parameters.
        given_query: the query parameters; `query` has them with their type.
        given_body: the body; `body` has it with its type.
        route: method and path as they came, for the idempotency key.
        key: the `Idempotency-Key`.
        if_match: the version in `If-Match`.
        address: the network address that the request came from.
    """

    database: Database
    caller: Customer | Staff | Service | None
    path: Mapping[str, Any]
    given_query: Input | None
    given_body: Input | None
    route: str
    key: Key | None
    if_match: int | None
    address: str

    @property
    def id(self) -> UUID:
        """The path's `{id}`."""
        found: UUID = self.path["id"]
        return found

    @property
    def customer(self) -> Customer:
        """The caller of an operation that only customers may call."""
        if not isinstance(self.caller, Customer):
            raise TypeError(f"{self.route} takes no customer")
        return self.caller

    @property
    def staff(self) -> Staff:
        """The caller of an operation that only staff may call."""
        if not isinstance(self.caller, Staff):
            raise TypeError(f"{self.route} takes no staff")
        return self.caller

    def body(self, kind: type[Given]) -> Given:
        """The request's body."""
        if not isinstance(self.given_body, kind):
            raise TypeError(f"{self.route} takes no {kind.__name__}")
        return self.given_body

    def query(self, kind: type[Given]) -> Given:
        """The query parameters."""
        if not isinstance(self.given_query, kind):
            raise TypeError(f"{self.route} takes no {kind.__name__}")
        return self.given_query

    def transaction(self) -> AbstractContextManager[Connection]:
        """A transaction that shows a customer's people their own rows alone, and staff and services everybody's.

        That of a GET goes on while no work is admitted; if it wants to write all the same, it is refused then.
        """
        if isinstance(self.caller, Customer):
            return self.database.tenant(self.caller.customer_id, self._purpose)
        return self.database.transaction(self._purpose)

    @property
    def _purpose(self) -> Purpose:
        return Purpose.READ if self.route.startswith("GET ") else Purpose.WORK

    @property
    def claim(self) -> Claim | None:
        """The request under its idempotency key, or None without one; another body or version is another request."""
        if self.key is None or self.caller is None or isinstance(self.caller, Service):
            return None
        # What was not given is another thing than null: a change leaves the one, and takes the other away.
        body = self.given_body.model_dump_json(exclude_unset=True) if self.given_body is not None else ""
        query = self.given_query.model_dump_json() if self.given_query is not None else ""
        print_ = hashlib.sha256(f"{body}\n{query}\n{self.if_match}".encode()).hexdigest()
        if isinstance(self.caller, Customer):
            return Claim(self.route, self.key, print_, customer=self.caller.customer_id)
        return Claim(self.route, self.key, print_, operator=self.caller.subject)

    def once(self, effect: Callable[[Connection], Reply]) -> Reply:
        """The reply of the effect in one transaction; under a key that had a reply before, that one, byte for byte.

        A refusal keeps nothing: the same request may go well later.

        Raises:
            InFlight: the first request with this key is still running.
            KeyReused: the key came with another request before.
        """
        claim = self.claim
        with self.transaction() as connection:
            if claim is None:
                return effect(connection)
            known = idempotency.find(connection, claim)
            if known is not None:
                if known.status is None:
                    raise idempotency.in_flight()
                return Reply(known.status, known.body or "", known.headers)
            idempotency.begin(connection, claim)
            reply = effect(connection)
            idempotency.keep(connection, claim, reply.status, reply.text, reply.headers)
            return reply

    def check_version(self, present: int) -> None:
        """Returns if the caller has seen the present version.

        Raises:
            PreconditionFailed: it has changed since.
        """
        if self.if_match != present:
            raise PreconditionFailed("it has changed since you read it: read it again, and repeat what still holds")


def found(row: dict[str, Any] | None, what: str) -> dict[str, Any]:
    """The row.

    Raises:
        NotFound: there is none, or none that the caller may see.
    """
    if row is None:
        raise NotFound(f"you have no {what} with this id")
    return row
