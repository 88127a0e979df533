"""Every service's operations are what the registry routes, told alike, and shown by examples that are true."""

import json
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from services.common.api import ListQuery, Operation, problems
from services.common.api.schemas import Schemas
from services.portal.generate import OWN, operations_of
from services.registry import PUBLIC, SERVICES, Caller, Service

SHOWN = tuple(service for service in SERVICES if service.routes and service.name != OWN)
WRITES = ("POST", "PUT", "PATCH", "DELETE")
ONCE_BY_NATURE = {"signOut"}
"""What is over cannot end again."""


def operations() -> Iterator[Operation]:
    for service in SHOWN:
        yield from operations_of(service)


def each(operation: Operation) -> str:
    return operation.name


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "service" in metafunc.fixturenames:
        metafunc.parametrize("service", SHOWN, ids=lambda service: service.name)


def test_the_operations_are_the_registry_s_routes(service: Service) -> None:
    declared = [(operation.method, operation.path) for operation in operations_of(service)]
    assert sorted(declared) == sorted((route.method, route.path) for route in service.routes)


def test_every_route_says_who_may_call_it() -> None:
    for service in SERVICES:
        for route in service.routes:
            assert route.callers, route
            assert route.callers == PUBLIC or Caller.PUBLIC not in route.callers, route


def test_every_write_of_a_signed_in_caller_takes_an_idempotency_key(service: Service) -> None:
    for operation in operations_of(service):
        taking = operation.method in WRITES and not operation.public and operation.name not in ONCE_BY_NATURE
        assert operation.key is taking, operation.name


def test_names_are_consistent(service: Service) -> None:
    for operation in operations_of(service):
        assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", operation.name), operation.name
        for segment in operation.path.strip("/").split("/"):
            assert re.fullmatch(r"[a-z]+(-[a-z]+)*|\{[a-z]+\}", segment), operation.path
        assert operation.summary[0].isupper(), operation.name
        assert not operation.summary.endswith("."), operation.name
        assert operation.method in {"GET", *WRITES}
        assert operation.body is None or operation.method in WRITES, operation.name


def test_no_two_operations_have_one_name() -> None:
    counted = Counter(operation.name for operation in operations())
    assert [name for name, count in counted.items() if count > 1] == []


def test_no_two_models_have_one_name() -> None:
    """Pydantic tells two of one name apart by their modules, and one that goes both ways by its direction."""
    names = Schemas(operations()).components
    assert [name for name in names if "__" in name or "-" in name or name == "Problem"] == []


def test_lists_are_read_page_by_page(service: Service) -> None:
    for operation in operations_of(service):
        takes_cursor = operation.query is not None and "cursor" in operation.query.model_fields
        gives_cursor = operation.answer is not None and "next" in operation.answer.model_fields
        if operation.method == "GET":
            assert takes_cursor is gives_cursor, operation.name
        if operation.query is not None and issubclass(operation.query, ListQuery):
            assert gives_cursor, operation.name


def test_what_wants_a_version_is_shown_with_one(service: Service) -> None:
    shown = {one.path for one in operations_of(service) if one.method == "GET" and one.versioned}
    for operation in operations_of(service):
        if operation.if_match:
            path = operation.path
            assert path in shown or path.rpartition("/")[0] in shown, operation.name


def test_every_operation_is_shown_by_an_example(service: Service) -> None:
    for operation in operations_of(service):
        if operation.body is not None or operation.answer is not None:
            assert operation.examples, operation.name


def test_every_example_is_what_the_models_take_and_give(service: Service) -> None:
    for operation in operations_of(service):
        for example in operation.examples:
            if operation.body is not None:
                operation.body.parse(json.dumps(example.body).encode())
            else:
                assert example.body is None, operation.name
            if operation.answer is not None:
                assert_wire(operation.answer, example.answer)
            else:
                assert example.answer is None, operation.name


def assert_wire(model: type[BaseModel], shown: object) -> None:
    """What the service would send, but for the order of members and the zeros of fractions of a second."""
    sent = model.model_validate_json(json.dumps(shown), strict=True).model_dump_json(by_alias=True)
    assert json.loads(re.sub(r"(\.\d+?)0+Z", r"\1Z", sent)) == shown


def test_every_problem_has_an_address_of_its_own() -> None:
    slugs = Counter(kind.slug for kind in problems.catalogue())
    assert [slug for slug, count in slugs.items() if count > 1] == []
    for kind in problems.catalogue():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.slug)
        assert 400 <= kind.status < 600
        assert kind.title[0].isupper()
        assert kind.__doc__


def test_every_problem_is_one_that_somebody_may_meet() -> None:
    told = {kind for operation in operations() for kinds in problems.of(operation).values() for kind in kinds}
    unseen = {kind.slug for kind in problems.catalogue() if kind not in told}
    assert unseen == {"bad-request", "method-not-allowed"}, "these two belong to addresses that are no operation"
