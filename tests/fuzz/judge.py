"""Whether an answer is one that the document tells, and shows a company nothing that is another one's."""

from collections.abc import Iterator
from typing import Any

from schemathesis import Case, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.fuzz.harvest import GUID
from tests.fuzz.town import MINE, THEIRS, Person, Town

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


class Judge:
    """Knows the document, and which ids are whose."""

    def __init__(self, document: dict[str, Any], town: Town) -> None:
        self._town = town
        self._types = _problem_types(document)
        self._hidden: dict[str, frozenset[str]] = {}

    def look(self) -> None:
        """Reads anew what each company has and the other has not."""
        ids = {company: frozenset(GUID.findall(str(self._town.rows(company)))) for company in (MINE, THEIRS)}
        self._hidden = {MINE: ids[THEIRS] - ids[MINE], THEIRS: ids[MINE] - ids[THEIRS]}

    def faults(self, case: Case[Any], response: Response, name: str, person: Person, asked: str) -> Iterator[str]:
        """What is wrong with the answer; `asked` is the request in words."""
        status = str(response.status_code)
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as group:
            for failure in group.exceptions:
                yield f"{name} {status} {failure.title}"
        if status >= "4" and response.json()["type"] not in self._types.get((name, status), ()):
            yield f"{name} {status} Undocumented problem type"
        if person.company is not None:
            shown = set(GUID.findall(response.content.decode(errors="replace")))
            if shown & self._hidden[person.company] - set(GUID.findall(asked.lower())):
                yield f"{name} {status} shows what is another company's"


def _problem_types(document: dict[str, Any]) -> dict[tuple[str, str], list[str]]:
    """The types that each operation may answer under each status."""
    shared = document["components"]["responses"]
    return {
        (operation["operationId"], status): shared[response["$ref"].rpartition("/")[2]]["x-problem-types"]
        for item in document["paths"].values()
        for method, operation in item.items()
        if method != "parameters"
        for status, response in operation["responses"].items()
        if "$ref" in response
    }
