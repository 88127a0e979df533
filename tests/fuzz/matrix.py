"""Every route by every method, asked for by everybody; and one company's people with another company's ids.

What is said of a route here follows from the registry and from the operations: a new service is tried without a line in
this file.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

from services.common.api import Operation
from services.common.api.schemas import Schemas
from services.portal.generate import operations_of
from services.registry import Caller, Route
from tests.fuzz.harvest import GUID
from tests.fuzz.leaks import Secrets
from tests.fuzz.town import Person, Town
from tests.support.mall import SHOWN

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
REFUSED_AT_THE_DOOR = (401, 403)
NO_PARAMETER = {"thisIsNoParameter": "1"}
"""Refused by every operation, but only when its caller is let in: so it tells the door from what is behind it."""


@dataclass
class Findings:
    """What was asked, and what should not have come back."""

    asked: int = 0
    faults: list[str] = field(default_factory=list)


class Matrix:
    """Tries the doors of `theirs` with everybody, and `mine` above all."""

    def __init__(self, town: Town, mine: str, theirs: str) -> None:
        self.town, self.mine, self.theirs = town, mine, theirs
        self.found = Findings()
        self.secrets = Secrets(town, mine, theirs)
        self._before = town.rows(theirs)
        both = {company: _ids(town, company) for company in (mine, theirs)}
        shared = {*both[mine].values()} & {*both[theirs].values()}
        self._ids = {company: [one for one in ids.values() if one not in shared] for company, ids in both.items()}
        self._orders = {company: both[company]["sales_order"] for company in both}
        self._routes = [(route, _operation(service.name, route)) for service in SHOWN for route in service.routes]
        self._kinds: dict[tuple[str, str], UUID] = {}
        for company in (mine, theirs):
            self._find_kinds(company)

    def try_doors(self) -> None:
        """Every route with every person."""
        for route, operation in self._routes:
            for person in self.town.people.values():
                self._door(route, operation, person)
                if route.method == "GET":
                    self._door(replace(route, method="HEAD"), operation, person)

    def try_methods(self) -> None:
        """Every method that no route has."""
        routed: dict[str, set[str]] = {}
        for route, _ in self._routes:
            routed.setdefault(route.path, set()).add(route.method)
        for path, methods in routed.items():
            for method in {*METHODS} - methods - ({"HEAD"} if "GET" in methods else set()):
                for name in ("nobody", f"admin of {self.mine}", "operator"):
                    self._expect(name, method, self._filled(path, self.theirs), (404, 405))

    def try_ids(self) -> None:
        """Their ids wherever an operation that is open to my people takes one, beside everything that is in order."""
        operations = [operation for _, operation in self._routes if operation is not None]
        schemas = Schemas(operations)
        for operation in operations:
            if not operation.callers & {Caller.USER, Caller.ADMIN}:
                continue
            for theirs in self._ids[self.theirs]:
                if operation.query is not None:
                    names = [
                        name for name, schema, _ in schemas.query(operation.query) if schema.get("format") == "uuid"
                    ]
                    for name in names:
                        self._expect_nothing(operation, query={name: str(theirs)}, refused=False)
                for body in _with_id(operation, schemas, theirs):
                    self._expect_nothing(operation, body=body, refused=True)

    def look_back(self) -> None:
        """Nothing of theirs has changed, and nothing of theirs has become mine."""
        for table, rows in self.town.rows(self.theirs).items():
            if rows != self._before[table]:
                self.found.faults.append(f"{table} of {self.theirs} has changed")
        for table, rows in self.town.rows(self.mine).items():
            self.found.faults += [f"{table} of {self.mine} has {text!r}" for text in self.secrets.within(rows)]

    def _door(self, route: Route, operation: Operation | None, person: Person) -> None:
        allowed = person.admitted(route)
        theirs = person.company == self.mine and "{id}" in route.path and not route.public
        if operation is None or route.public:
            return self._expect(person.name, route.method, route.path, range(200, 500), query=NO_PARAMETER)
        path = self._filled(route.path, self.theirs)
        if person.name in ("nobody", "a forger"):
            return self._expect(person.name, route.method, path, (401,))
        if not allowed:
            return self._expect(person.name, route.method, path, (403,))
        if theirs and self._kind(route.path, self.theirs) is not None:
            return self._expect(person.name, route.method, path, (404,), **self._in_order(operation, self.theirs))
        self._expect(person.name, route.method, path, (400,), query=NO_PARAMETER)
        if route.method in ("GET", "HEAD") and "{" not in route.path:
            self._expect(person.name, route.method, path, (200,))
        return None

    def _expect_nothing(self, operation: Operation, *, refused: bool, **given: Any) -> None:
        path = self._filled(operation.path, self.mine)
        order = {**self._in_order(operation, self.mine), **given}
        statuses = range(400, 500) if refused else (200, 400, 404)
        self._expect(f"admin of {self.mine}", operation.method, path, statuses, **order)

    def _in_order(self, operation: Operation, company: str) -> dict[str, Any]:
        """What makes the request good but for whose thing it is: the example's body, and the present version."""
        given: dict[str, Any] = {}
        if operation.body is not None and operation.examples:
            given["body"] = operation.examples[0].body
        if operation.if_match:
            path = operation.path
            shown = path if path.endswith("{id}") or "{" not in path else path.rpartition("/")[0]
            answer = self.town.ask(f"admin of {company}", "GET", self._filled(shown, company))
            given["headers"] = {"If-Match": answer.headers.get("ETag", '"1"')}
        return given

    def _expect(
        self,
        name: str,
        method: str,
        path: str,
        statuses: Any,
        *,
        query: Any = None,
        body: Any = None,
        headers: Any = None,
    ) -> None:
        answer = self.town.ask(name, method, path, query_string=query, json=body, headers=headers or {})
        self.found.asked += 1
        asked = f"{name}: {method} {path} {query or ''} {json.dumps(body) if body else ''}"
        if answer.status_code not in statuses:
            self.found.faults.append(f"{asked} is {answer.status_code}, not {statuses}: {answer.text[:200]}")
        company = self.town.people[name].company
        if company == self.mine or (company is None and self.town.people[name].caller is None):
            self.found.faults += [f"{asked} shows {text!r}" for text in self.secrets.seen(answer, asked)]

    def _find_kinds(self, company: str) -> None:
        """Which of the company's ids each collection takes: the one under which its own people find something."""
        for route, operation in self._routes:
            if operation is None or route.method != "GET" or not route.path.endswith("{id}"):
                continue
            names = [f"admin of {company}", "support", "operator"]
            name = next(name for name in names if self.town.people[name].caller in route.callers)
            for one in self._ids[company]:
                if self.town.ask(name, "GET", route.path.replace("{id}", str(one))).status_code == 200:
                    self._kinds[route.path, company] = one

    def _kind(self, path: str, company: str) -> UUID | None:
        return self._kinds.get((f"{path.partition('/{id}')[0]}/{{id}}", company))

    def _filled(self, path: str, company: str) -> str:
        values = {
            "id": self._kind(path, company) or uuid4(),
            "customer": self.town.customer(company),
            "order": self._orders[company],
            "epoch": 2,
            "queue": "invoice",
            "stage": "invoice",
            "name": "1-0.json",
        }
        return path.format(**values)


def _ids(town: Town, company: str) -> dict[str, UUID]:
    """An id from each table that has some for the company."""
    found = {table: str(rows[0].get("id")) for table, rows in town.rows(company).items() if rows}
    return {table: UUID(one) for table, one in found.items() if GUID.fullmatch(one)}


def _operation(service: str, route: Route) -> Operation | None:
    if service == "portal":
        return None
    entry = next(one for one in SHOWN if one.name == service)
    return next(one for one in operations_of(entry) if (one.method, one.path) == (route.method, route.path))


def _with_id(operation: Operation, schemas: Schemas, one: UUID) -> Iterator[Any]:
    """The example's body with the id in each place that takes one."""
    if operation.body is None:
        return
    schema = schemas.components[schemas.body(operation.body)["$ref"].rpartition("/")[2]]
    for name, member in schema.get("properties", {}).items():
        kinds = [member, *member.get("anyOf", ())]
        if any(kind.get("format") == "uuid" for kind in kinds):
            yield {**operation.examples[0].body, name: str(one)}
