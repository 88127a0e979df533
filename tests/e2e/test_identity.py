"""Signing in through the public door, with the mail that a forgotten password needs, on the whole platform."""

import json
import re
import time
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
import urllib3

from local import seed
from tests.support.platform import Platform

pytestmark = pytest.mark.e2e
MAIL_SECONDS = 30
CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")
CHOSEN = "Another-horse-8-staples"


@dataclass(frozen=True)
class Answer:
    status: int
    document: dict[str, Any]


@dataclass(frozen=True)
class Door:
    """The API as a client without a token finds it."""

    platform: Platform

    def call(self, method: str, path: str, body: object = None, token: str | None = None) -> Answer:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        with urllib3.PoolManager(retries=False, timeout=30) as http:
            url = f"{self.platform.shop.api_url}/identity{path}"
            answer = http.request(method, url, json=body, headers=headers)
        return Answer(answer.status, json.loads(answer.data) if answer.data else {})

    def sign_in(self, email: str, password: str = seed.PASSWORD) -> Answer:
        return self.call("POST", "/sign-in", {"email": email, "password": password})

    def code(self, email: str, known: set[str]) -> str:
        """The code in the first mail to the address that was not known before."""
        end = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < end:
            new = [mail for mail in self.platform.mails(email) if mail["id"] not in known]
            if new:
                mail = message_from_bytes(self.platform.raw_mail(new[0]["id"]), policy=default)
                body = mail.get_body(("plain",))
                assert body is not None
                return next(line for line in str(body.get_content()).splitlines() if CODE.fullmatch(line))
            time.sleep(0.2)
        raise AssertionError("no mail")


@pytest.fixture
def door(platform: Platform) -> Door:
    return Door(platform)


@pytest.fixture
def customer() -> seed.DemoCustomer:
    return next(customer for customer in seed.customers() if customer.key == "balkan")


def test_a_customer_signs_in_stays_in_and_goes_out(door: Door, customer: seed.DemoCustomer) -> None:
    tokens = door.sign_in(customer.email).document
    me = door.call("GET", "/me", token=tokens["accessToken"])
    assert (me.status, me.document["email"], me.document["roles"]) == (200, customer.email, ["admin"])
    session = {"refreshToken": tokens["refreshToken"]}
    fresh = door.call("POST", "/refresh", session).document["accessToken"]
    assert door.call("GET", "/me", token=fresh).status == 200
    assert door.call("POST", "/sign-out", session).status == 401
    assert door.call("POST", "/sign-out", session, fresh).status == 204
    assert door.call("POST", "/refresh", session).status == 401


@pytest.mark.parametrize(("email", "role"), [(seed.OPERATOR, "operator"), (seed.SUPPORT, "support")])
def test_staff_sign_in_by_the_same_door(door: Door, email: str, role: str) -> None:
    token = door.sign_in(email).document["accessToken"]
    assert door.call("GET", "/me", token=token).document["roles"] == [role]


def test_nobody_else_comes_in(door: Door, customer: seed.DemoCustomer) -> None:
    wrong, unknown = door.sign_in(customer.email, "Wrong-password-1!"), door.sign_in("nobody@shop.example")
    assert (wrong.status, unknown.status) == (401, 401)
    assert wrong.document == unknown.document
    assert door.call("GET", "/me").status == 401


def test_a_forgotten_password_is_replaced_with_the_code_that_the_mailbox_shows(
    door: Door, customer: seed.DemoCustomer
) -> None:
    before = door.sign_in(customer.email).document
    for chosen in (CHOSEN, seed.PASSWORD):
        known = {mail["id"] for mail in door.platform.mails(customer.email)}
        assert door.call("POST", "/password-reset", {"email": customer.email}).status == 202
        body = {"email": customer.email, "code": door.code(customer.email, known), "newPassword": chosen}
        assert door.call("POST", "/password-reset/confirm", body).status == 204
        assert door.call("POST", "/password-reset/confirm", body).status == 422
        assert door.sign_in(customer.email, chosen).status == 200
    assert door.call("POST", "/refresh", {"refreshToken": before["refreshToken"]}).status == 401
