"""Passwords and tokens stand in no log, no problem and no table; a code stands in its mail alone."""

import io
import json
from collections.abc import Iterator

import pytest

from tests.integration.identity.conftest import TEMPORARY, Desk
from tests.support.canaries import Canaries
from tests.support.logs import talkative

OWN = "Canary-own-8-Xq1!"
CHOSEN = "Canary-chosen-8-Xq2!"
WRONG = "Canary-wrong-8-Xq3!"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    with talkative("identity") as written:
        yield written


def test_no_secret_of_signing_in_is_written_down(desk: Desk, log: io.StringIO) -> None:
    email = desk.person(invited=True)
    answers = [desk.sign_in(email, TEMPORARY)]
    body = {"email": email, "password": TEMPORARY, "newPassword": OWN}
    first = desk.post("/sign-in/new-password", body)
    tokens = first.json or {}
    answers += [desk.sign_in(email, WRONG), desk.sign_in(email, "")]
    answers.append(desk.post("/sign-in/new-password", body | {"newPassword": "x"}))
    answers.append(desk.post("/sign-in", {"email": email, "passwort": WRONG}))
    answers.append(desk.post("/refresh", {"refreshToken": WRONG}))
    answers.append(desk.me(tokens["accessToken"][:-9] + "AAAAAAAAA"))
    desk.post("/password-reset", {"email": email})
    code = desk.code(email)
    answers.append(desk.post("/password-reset/confirm", {"email": email, "code": code, "newPassword": "weak"}))
    answers.append(desk.post("/password-reset/confirm", {"email": email, "code": code, "newPassword": CHOSEN}))
    while (last := desk.sign_in(email, WRONG)).status_code != 429:
        answers.append(last)
    signed_in = [tokens["accessToken"], tokens["refreshToken"]]
    secrets = Canaries([TEMPORARY, OWN, CHOSEN, WRONG, code.replace("-", ""), *signed_in])
    assert not secrets.named(log.getvalue())
    assert not any(secrets.named(answer.data) for answer in answers)
    assert secrets.in_database(desk.world.admin) == []
    assert email not in log.getvalue()
    assert "too many attempts" in [json.loads(line)["message"] for line in log.getvalue().splitlines()]


def test_the_code_is_in_the_mail_and_nowhere_else(desk: Desk) -> None:
    email = desk.person()
    desk.post("/password-reset", {"email": email})
    assert Canaries([desk.code(email)]).in_database(desk.world.admin) == ["outbox.body"]
