"""What may go in: refused with every fault by its name, and never with a value that may be a secret."""

import json
from datetime import datetime, timedelta, timezone
from typing import Annotated, Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, TypeAdapter, ValidationError
from werkzeug.datastructures import MultiDict

from services.common.api.models import Amount, Answer, Email, Id, Input, Line, ListQuery, Moment, Prose
from services.common.errors import InvalidRequest, MalformedBody

GUID = "0749be3c-dbcd-4505-9d47-90358bcc4de7"


class NewThing(Input):
    product_name: Line
    amount: Annotated[int, Field(ge=1, le=9)] = 1
    owner: Id | None = None


class ThingAnswer(Answer):
    total: Amount
    made_at: Moment
    note: str | None = None


def test_names_are_camel_case_and_types_are_those_of_json() -> None:
    thing = NewThing.parse(json.dumps({"productName": "Nimbus", "amount": 3, "owner": GUID}).encode())
    assert (thing.product_name, thing.amount, thing.owner) == ("Nimbus", 3, UUID(GUID))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "productName"),
        ({"product_name": "x"}, "productName"),
        ({"productName": "x", "price": 1}, "price"),
        ({"productName": "x", "amount": "3"}, "amount"),
        ({"productName": "x", "amount": True}, "amount"),
        ({"productName": "x", "amount": 0}, "amount"),
        ({"productName": "  "}, "productName"),
        ({"productName": "a\u202eb"}, "productName"),
        ({"productName": "x", "owner": GUID.replace("-", "")}, "owner"),
        ({"productName": "x", "owner": f"urn:uuid:{GUID}"}, "owner"),
        ([], "(body)"),
        ({"productName": "a\0b"}, "(body)"),
        ({"productName": "\\\0"}, "(body)"),
    ],
    ids=str,
)
def test_a_fault_is_told_by_its_field(body: object, field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        NewThing.parse(json.dumps(body).encode())
    assert field in {error["field"] for error in errors_of(refused.value)}


def test_a_refusal_never_repeats_what_was_sent() -> None:
    with pytest.raises(InvalidRequest) as refused:
        NewThing.parse(b'{"productName": 17761776, "owner": "s3cr3t"}')
    assert "1776" not in str(refused.value.members)
    assert "s3cr3t" not in str(refused.value.members)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"amount": NaN}', b'{"amount": 1, "amount": 2}', b"[" * 9_000])
def test_what_is_no_json_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedBody):
        NewThing.parse(body)


def test_a_backslash_before_u0000_is_two_characters_of_text_and_no_null() -> None:
    assert NewThing.parse(rb'{"productName": "\\u0000"}').product_name == r"\u0000"


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text() | st.integers(), st.lists, max_leaves=5))
def test_no_body_is_more_than_refused(value: object) -> None:
    body = json.dumps({"productName": value}).encode()
    try:
        assert NewThing.parse(body).product_name == value
    except (InvalidRequest, MalformedBody) as refused:
        assert refused.status == 400  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"limit": ["1", "1"]}, "limit"),
        ({"tenant": "7"}, "tenant"),
        ({"cursor": "x" * 513}, "cursor"),
        ({"cursor": "a\0"}, "cursor"),
    ],
    ids=str,
)
def test_a_query_parameter_that_is_none_is_told_by_its_name(parameters: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        ListQuery.read(MultiDict(parameters))
    assert [error["field"] for error in errors_of(refused.value)] == [field]


def test_an_answer_has_every_member_amounts_as_text_and_moments_in_utc() -> None:
    noon = datetime(2026, 11, 22, 13, tzinfo=timezone(timedelta(hours=1)))
    shown = json.loads(ThingAnswer(total="41.43", made_at=noon).model_dump_json(by_alias=True))
    assert shown == {"total": "41.43", "madeAt": "2026-11-22T12:00:00Z", "note": None}


@pytest.mark.parametrize("address", ["a@b.example", "o'neill+x@mail.example.com", "a.b@xn--bcher-kva.example"])
def test_a_plain_address_is_taken(address: str) -> None:
    assert TypeAdapter(Email).validate_python(address) == address


@pytest.mark.parametrize(
    "address", ["a b@c.example", "a@b", "a@b.example\n", "Ann <a@b.example>", "a@b@c.example", "é@b.example"]
)
def test_any_other_address_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Email).validate_python(address)


def test_prose_has_lines_and_no_control_characters() -> None:
    assert TypeAdapter(Prose).validate_python("one\r\n\ttwo") == "one\n\ttwo"
    for text in ("\n", "a\x07", "a\rb"):
        with pytest.raises(ValidationError):
            TypeAdapter(Prose).validate_python(text)


def errors_of(refusal: InvalidRequest) -> list[dict[str, str]]:
    errors = refusal.members["errors"]
    assert isinstance(errors, list)
    return errors
