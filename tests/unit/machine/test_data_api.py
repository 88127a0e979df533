"""What the Data API on one machine understands, and what it answers without asking a server."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import MutableMapping
from typing import Any

import pytest

from local.machine.data_api.answer import with_data_api
from local.machine.data_api.faults import Fault
from local.machine.data_api.login import Login
from local.machine.data_api.statement import Statement, field
from local.machine.stand_ins import Server, StandIns

CLUSTER = "arn:aws:rds:eu-west-1:000000000000:cluster:shop-eu"
SECRET = "arn:aws:secretsmanager:eu-west-1:000000000000:secret:login-AbCdEf"
ASKED: dict[str, Any] = {
    "resourceArn": CLUSTER,
    "secretArn": SECRET,
    "database": "shop",
    "sql": "SELECT set_admission(:epoch, :wanted, :who)",
    "parameters": [
        {"name": "epoch", "value": {"longValue": 7}},
        {"name": "wanted", "value": {"stringValue": "closed"}},
        {"name": "who", "value": {"isNull": True}},
    ],
}
NOBODY = Server("postgres-eu", "/nonexistent", "/nonexistent", "/nonexistent", "/nonexistent")


def test_names_become_values_of_their_types() -> None:
    statement = Statement.of(ASKED)
    assert statement.sql == "SELECT set_admission(%(epoch)s, %(wanted)s, %(who)s)"
    assert statement.values == {"epoch": 7, "wanted": "closed", "who": None}


def test_a_name_in_a_text_or_a_cast_is_none_and_a_percent_sign_is_itself() -> None:
    told = {**ASKED, "sql": "SELECT ':who', 'it''s :who', '%'::text, 7 % :epoch"}
    assert Statement.of(told).sql == "SELECT ':who', 'it''s :who', '%%'::text, 7 %% %(epoch)s"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"sql": ""}, "sql is missing"),
        ({"database": None}, "database is missing"),
        ({"sql": "SELECT :whom"}, "Cannot find parameter: whom"),
        ({"transactionId": "t"}, "transactionId is not played"),
        ({"parameters": [{"name": "epoch", "value": {}}]}, "epoch has no value"),
        ({"parameters": [{"name": "epoch", "value": {"stringValue": "1"}, "typeHint": "UUID"}]}, "typeHint"),
    ],
)
def test_what_is_not_understood_is_a_bad_request(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(Fault, match=why) as fault:
        Statement.of({**ASKED, **changed})
    assert (fault.value.code, fault.value.status) == ("BadRequestException", 400)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, {"isNull": True}),
        (True, {"booleanValue": True}),
        (2**40, {"longValue": 2**40}),
        (0.5, {"doubleValue": 0.5}),
        (b"a", {"blobValue": "YQ=="}),
        ("open", {"stringValue": "open"}),
    ],
)
def test_a_field_has_one_type(value: object, told: dict[str, Any]) -> None:
    assert field(value) == told


def test_a_row_within_a_row_has_none() -> None:
    with pytest.raises(Fault, match="not supported"):
        field((1, 2))


def kept(password: str) -> str:
    """What PostgreSQL would keep of it."""
    salt = b"0123456789abcdef"
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 4096)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    texts = (base64.b64encode(one).decode() for one in (salt, stored, b"the server's own"))
    return "SCRAM-SHA-256$4096:{}${}:{}".format(*texts)


def test_only_the_password_that_was_set_fits() -> None:
    login = Login.of('{"username": "sun", "password": "right"}')
    assert login.fits(kept("right"))
    assert not any(login.fits(other) for other in (kept("wrong"), None, "", "md5abc"))


@pytest.mark.parametrize("secret", ["", "[]", '{"username": "sun"}'])
def test_a_secret_that_is_no_login_is_named(secret: str) -> None:
    with pytest.raises(Fault) as fault:
        Login.of(secret)
    assert fault.value.code == "InvalidSecretException"


def called(told: dict[str, Any], path: str = "/Execute", *, enabled: bool = True, secret: str | None = "{}") -> Any:
    """The status and error of the answer; "passed on" if it is none of its business."""
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": json.dumps(told).encode()}

    async def send(event: MutableMapping[str, Any]) -> None:
        sent.append(event)

    async def beyond(_: object, receive: Any, __: object) -> None:
        assert json.loads((await receive())["body"]) == told, "it gets what was sent"
        sent.append({"status": "passed on", "headers": []})

    application = with_data_api(
        beyond, lambda: StandIns(servers={CLUSTER: NOBODY}), lambda _: enabled, lambda _: secret
    )

    async def ask() -> None:
        await application({"type": "http", "method": "POST", "path": path}, receive, send)

    asyncio.run(ask())
    return sent[0]["status"], dict(sent[0]["headers"]).get(b"x-amzn-errortype", b"").decode()


def test_other_calls_and_other_clusters_are_the_emulator_s() -> None:
    assert called(ASKED, "/BeginTransaction")[0] == "passed on"
    assert called({**ASKED, "resourceArn": f"{CLUSTER}-2"})[0] == "passed on"


def test_what_stands_against_a_statement_is_said_as_aws_says_it() -> None:
    assert called(ASKED, enabled=False) == (400, "HttpEndpointNotEnabledException")
    assert called(ASKED, secret=None) == (400, "SecretsErrorException")
    assert called({**ASKED, "secretArn": SECRET.replace("eu-west-1", "eu-north-1")}) == (400, "BadRequestException")
    assert called(ASKED) == (400, "InvalidSecretException")
    login = '{"username": "sun", "password": "right"}'
    assert called(ASKED, secret=login) == (504, "DatabaseUnavailableException")
