"""Requests drawn from the OpenAPI document: good ones and bad ones, by everybody, with ids that exist."""

import copy
import random
import time
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, BaseSchema, Case, GenerationMode
from schemathesis.core.result import Ok

from tests.fuzz.harvest import GUID, Harvest
from tests.fuzz.judge import Judge
from tests.fuzz.report import Report
from tests.fuzz.town import Person, Town

Operation = APIOperation[Any, Any, Any, Any]
AnyCase = Case[Any]

ROUND = 8
"""Requests drawn for one operation in a row: three good ones for each bad one."""
SENDERS = 10
"""Each is sent by so many, with the ids of what they have: to draw one takes longer than to answer it."""
EXAMPLES = 0.3
"""The share of good requests that have the body of an example of the document."""
LARGEST = 5
"""Licences in an order, mostly: thousands of rows for each request would only be slow."""
HEALED_EVERY = 500
"""Requests after which whoever was deactivated is let in again, open orders go on, and what is whose is read anew."""


class Storm:
    """Blows over the town; the same number draws the same requests."""

    def __init__(self, town: Town, number: int, document: dict[str, Any]) -> None:
        self.town, self.report = town, Report()
        self._number, self._rounds, self._senders = number, 0, SENDERS
        self._chance = random.Random(number)
        self._harvest = Harvest(self._chance)
        self._judge = Judge(document, town)
        self._schema: BaseSchema = schemathesis.openapi.from_dict(document)
        self._schema.app = town.mall

    def blow(self, requests: int) -> Report:
        """Sends at least so many more requests, in rounds over all operations."""
        started = time.monotonic()
        found = list(self._schema.get_all_operations())
        operations = [result.ok() for result in found if isinstance(result, Ok)]
        assert len(operations) == len(found), "an operation of the document cannot be read"
        share = max(2, min(ROUND, requests // len(operations) // SENDERS))
        self._senders = max(1, min(SENDERS, requests // (2 * len(operations))))
        until = self.report.sent + requests
        while self.report.sent < until:
            self._rounds += 1
            for operation in operations:
                self._gust(operation, GenerationMode.POSITIVE, max(1, share * 3 // 4))
                self._gust(operation, GenerationMode.NEGATIVE, max(1, share // 4))
        self.report.seconds += time.monotonic() - started
        return self.report

    def _gust(self, operation: Operation, mode: GenerationMode, count: int) -> None:
        @seed(self._number * 10_000 + self._rounds)
        @settings(
            max_examples=count, database=None, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(mode))
        def send(case: AnyCase) -> None:
            self._send_by_many(case, good=mode is GenerationMode.POSITIVE)

        try:
            send()
        except Unsatisfiable:
            return  # there is nothing to be wrong about this operation

    def _send_by_many(self, case: AnyCase, *, good: bool) -> None:
        self.report.cases += 1
        body = self._example(case) if good and self._chance.random() < EXAMPLES else case.body
        drawn = copy.deepcopy((case.path_parameters, case.query, body))
        headers = dict(case.headers)
        for _ in range(self._senders):
            case.path_parameters, case.query, case.body = copy.deepcopy(drawn)
            case.headers.clear()
            case.headers.update(headers)
            self._send(case, self._person(case), good=good)

    def _send(self, case: AnyCase, person: Person, *, good: bool) -> None:
        if self.report.sent % HEALED_EVERY == 0:
            self.town.heal()
            self.town.reconcilers.turn()
            self._judge.look()
        owner = person.company or "staff"
        if good:
            self._fit(case, owner)
        case.headers.update(person.headers)
        response = case.call()
        self.report.sent += 1
        name = case.operation.definition.raw["operationId"]
        self.report.statuses[name, response.status_code] += 1
        asked = f"{person.name}: {case.method} {case.formatted_path} {case.query or ''} {case.body or ''!r}"
        for fault in self._judge.faults(case, response, name, person, asked):
            self.report.fault(fault, f"{asked[:400]} -> {response.content[:400]!r}")
        if response.status_code < 300:
            self._harvest.read(owner, case.operation.path, response.headers, response.content)

    def _example(self, case: AnyCase) -> Any:
        """The body that the document shows, if there is one: some values make sense only together."""
        content = case.operation.definition.raw.get("requestBody", {}).get("content", {}).get("application/json", {})
        shown = [example["value"] for example in content.get("examples", {}).values()]
        return self._chance.choice(shown) if shown else case.body

    def _person(self, case: AnyCase) -> Person:
        callers = case.operation.definition.raw["x-callers"]
        allowed = [one for one in self.town.people.values() if one.caller is not None and one.caller.value in callers]
        if allowed and self._chance.random() < 0.9:
            return self._chance.choice(allowed)
        return self._chance.choice(list(self.town.people.values()))

    def _fit(self, case: AnyCase, owner: str) -> None:
        """Ids, versions and cursors that exist, mostly, and amounts that can be paid for."""
        path = case.operation.path
        for name in case.path_parameters or {}:
            if (one := self._harvest.id(owner, path, name)) and self._chance.random() < 0.9:
                case.path_parameters[name] = one
        if "If-Match" in case.headers:
            known = self._harvest.version(owner, path, (case.path_parameters or {}).get("id"))
            case.headers["If-Match"] = known or case.headers["If-Match"]
        if case.query and "cursor" in case.query and (cursor := self._harvest.cursor(owner)):
            case.query["cursor"] = cursor
        for part in (case.query, case.body):
            if isinstance(part, dict):
                self._fit_members(part, owner, path)

    def _fit_members(self, members: dict[str, Any], owner: str, path: str) -> None:
        for name, value in members.items():
            if isinstance(value, str) and GUID.fullmatch(value.lower()) and self._chance.random() < 0.9:
                members[name] = self._harvest.id(owner, path, name) or value
            elif name in ("amount", "quantity") and isinstance(value, int) and self._chance.random() < 0.98:
                members[name] = value % LARGEST + 1
            elif name == "email" and isinstance(value, str) and self._chance.random() < 0.8:
                members[name] = f"{self._chance.getrandbits(64):x}@town.example"
            elif isinstance(value, dict):
                self._fit_members(value, owner, path)
