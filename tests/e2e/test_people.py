"""From an invitation to a sign-in, through real parts only: two mails, a password of their own, and no way back."""

import email
import email.policy
import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
import urllib3

from local import seed
from tests.support.platform import Platform

pytestmark = pytest.mark.e2e

NEW = {"email": "orla@liffey-shipping.example", "firstName": "Órla", "lastName": "Nolan"}
PASSWORD = "Orlas-own-pass-1!"
SECONDS = 30.0


class Client:
    """Calls the API through the gateway."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._http = urllib3.PoolManager(retries=False, timeout=30)

    def call(self, method: str, path: str, body: object = None, *, token: str | None = None) -> tuple[int, Any]:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        url = self._platform.shop.api_url + path
        answer = self._http.request(method, url, json=body, headers=headers)
        return answer.status, json.loads(answer.data) if answer.data else None

    def mail(self, subject: str) -> str:
        """The text of the mail to the new person, once it is there."""
        [found] = wait(lambda: [mail for mail in self._platform.mails(NEW["email"]) if mail["subject"] == subject])
        parsed = email.message_from_bytes(self._platform.raw_mail(found["id"]), policy=email.policy.default)
        part = parsed.get_body(("plain",))
        assert part is not None
        return str(part.get_content())


def wait(ask: Callable[[], Any]) -> Any:
    until = time.monotonic() + SECONDS
    while not (found := ask()) and time.monotonic() < until:
        time.sleep(0.1)
    return found


def test_somebody_is_invited_chooses_a_password_comes_in_and_is_put_out(
    platform: Platform, people: dict[str, seed.DemoCustomer]
) -> None:
    client, administrator = Client(platform), platform.token(people["liffey"])
    status, person = client.call("POST", "/people", NEW, token=administrator)
    assert (status, person["state"]) == (201, "INVITED")
    assert "password-reset" in client.mail("Your access to Cloud Sales")

    assert client.call("POST", "/identity/password-reset", {"email": NEW["email"]})[0] == 202
    code = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}\b", client.mail("Your code for a new password"))
    assert code is not None
    chosen = {"email": NEW["email"], "code": code[0], "newPassword": PASSWORD}
    assert client.call("POST", "/identity/password-reset/confirm", chosen)[0] == 204
    credentials = {"email": NEW["email"], "password": PASSWORD}
    status, session = client.call("POST", "/identity/sign-in", credentials)
    assert status == 200
    token = session["accessToken"]

    assert client.call("GET", "/company", token=token)[1]["companyName"] == people["liffey"].company
    assert client.call("GET", f"/people/{person['id']}", token=token)[1]["state"] == "ACTIVE"
    assert client.call("POST", "/people", NEW, token=token)[0] == 403

    assert client.call("POST", f"/people/{person['id']}/deactivate", token=administrator)[0] == 200
    assert client.call("GET", "/company", token=token)[0] == 403
    assert wait(lambda: client.call("POST", "/identity/sign-in", credentials)[0] == 401)
    assert len(platform.mails(NEW["email"])) == 2


def test_the_past_of_the_demo_is_there(platform: Platform, people: dict[str, seed.DemoCustomer]) -> None:
    client, token = Client(platform), platform.token(people["merlion"])
    assert len(client.call("GET", "/people", token=token)[1]["people"]) == 2
    assert len(client.call("GET", "/accounts", token=token)[1]["accounts"]) == 4
    assert len(client.call("GET", "/subscriptions", token=token)[1]["subscriptions"]) == 3
    [bill] = client.call("GET", "/invoices?limit=1", token=token)[1]["invoices"]

    def printed() -> Any:
        status, answer = client.call("GET", f"/invoices/{bill['id']}/document", token=token)
        return answer["url"] if status == 200 else None

    url = wait(printed)
    assert url is not None
    assert urllib3.request("GET", url, timeout=10).data.startswith(b"%PDF")
    assert platform.rows("SELECT count(*) FROM license WHERE key IS NOT NULL") == [(0,)]
