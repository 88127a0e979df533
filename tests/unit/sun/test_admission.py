"""What is asked of the writer through the Data API, and which answers mean that it does not write yet."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.stub import ANY, Stubber

from services.sun.control.admission import DataApi
from services.sun.control.book import BY
from services.sun.control.facts import Admits, Unfinished, WriterState
from services.sun.control.ports import Refused, Unavailable

ARN = "arn:aws:rds:ap-southeast-1:111122223333:cluster:sales-apac"
SECRET = "arn:aws:secretsmanager:eu-north-1:111122223333:secret:controller-AbCdEf"
THERE = "arn:aws:secretsmanager:ap-southeast-1:111122223333:secret:controller-AbCdEf"


def stubbed() -> tuple[DataApi, Stubber, list[tuple[str, str]]]:
    make: Any = boto3.client
    client = make("rds-data", "ap-southeast-1", aws_access_key_id="test", aws_secret_access_key="test")
    asked: list[tuple[str, str]] = []

    def clients(service: str, region: str) -> Any:
        asked.append((service, region))
        return client

    return DataApi(clients, "cloudsales", SECRET), Stubber(client), asked


def row(*fields: dict[str, Any]) -> dict[str, Any]:
    return {"records": [list(fields)]}


def test_the_row_is_read_in_the_member_s_region_with_the_secret_s_copy_there() -> None:
    api, stub, asked = stubbed()
    expected = {"resourceArn": ARN, "secretArn": THERE, "database": "cloudsales", "sql": ANY, "parameters": []}
    told = row({"longValue": 7}, {"stringValue": "open"}, {"isNull": True}, {"isNull": True}, {"stringValue": "anna"})
    stub.add_response("execute_statement", told, expected)
    with stub:
        assert api.read(ARN) == WriterState(7, Admits.OPEN, None, None, "anna")
    assert asked == [("rds-data", "ap-southeast-1")]


def parameters(stub: Stubber, answer: dict[str, Any], *told: dict[str, Any]) -> None:
    expected = {"resourceArn": ARN, "secretArn": THERE, "database": ANY, "sql": ANY, "parameters": list(told)}
    stub.add_response("execute_statement", answer, expected)


def named(name: str, **value: Any) -> dict[str, Any]:
    return {"name": name, "value": value}


@pytest.mark.parametrize("changed", [True, False])
def test_what_is_admitted_is_told_with_the_epoch_it_is_for(changed: bool) -> None:
    api, stub, _ = stubbed()
    told = named("epoch", longValue=7), named("what", stringValue="draining"), named("who", stringValue=BY)
    parameters(stub, row({"booleanValue": changed}), *told)
    with stub:
        assert api.admit(ARN, 7, Admits.DRAINING) is changed


@pytest.mark.parametrize("lost", [None, "eu"])
@pytest.mark.parametrize(("answer", "begun"), [({"longValue": 8}, True), ({"isNull": True}, False)])
def test_an_epoch_is_begun_unless_it_is_not_the_present_one(
    lost: str | None, answer: dict[str, Any], begun: bool
) -> None:
    api, stub, _ = stubbed()
    without = named("lost", stringValue=lost) if lost else named("lost", isNull=True)
    told = named("epoch", longValue=7), named("region", stringValue="apac"), named("who", stringValue=BY), without
    parameters(stub, row(answer), *told)
    with stub:
        assert api.begin_epoch(ARN, 7, "apac", lost) is begun


def test_what_is_unfinished_is_counted_by_the_database() -> None:
    api, stub, _ = stubbed()
    parameters(stub, row({"longValue": 3}, {"longValue": 4}))
    with stub:
        assert api.unfinished(ARN) == Unfinished(3, 4)


@pytest.mark.parametrize(
    ("code", "status", "message", "meant"),
    [
        (
            "DatabaseErrorException",
            400,
            "UPDATE in a read-only transaction; SQLState: 25006",
            Unavailable,
        ),
        ("DatabaseErrorException", 400, "the database system is shutting down; SQLState: 57P03", Unavailable),
        ("DatabaseErrorException", 400, "permission denied for function begin_epoch; SQLState: 42501", Refused),
        ("BadRequestException", 400, "permission denied for function begin_epoch; SQLState: 42501", Refused),
        ("BadRequestException", 400, "the Data API does not know this cluster as a writer", Unavailable),
        ("DatabaseUnavailableException", 504, "", Unavailable),
        ("ServiceUnavailableError", 503, "", Unavailable),
        ("ThrottlingException", 400, "", Unavailable),
        ("HttpEndpointNotEnabledException", 400, "", Refused),
        ("AccessDeniedException", 403, "", Refused),
        ("InvalidSecretException", 400, "", Refused),
    ],
)
def test_who_does_not_write_yet_is_told_apart_from_who_refuses(
    code: str, status: int, message: str, meant: type[Exception]
) -> None:
    api, stub, _ = stubbed()
    stub.add_client_error("execute_statement", code, message, status)
    with stub, pytest.raises(meant):
        api.admit(ARN, 7, Admits.OPEN)


def test_silence_is_no_answer() -> None:
    class Silent:
        def execute_statement(self, **_: object) -> None:
            raise ReadTimeoutError(endpoint_url="https://rds-data")

    with pytest.raises(Unavailable):
        DataApi(lambda _, __: Silent(), "cloudsales", SECRET).read(ARN)
