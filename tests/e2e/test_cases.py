"""A support case by mail, through real parts only: the mail that confirms it is answered in the mailbox."""

import json
import time
from typing import Any

import pytest
import urllib3

from local import seed
from tests.support.platform import Platform

pytestmark = pytest.mark.e2e

SECONDS = 30.0


def test_a_customer_s_answer_by_mail_becomes_a_message_of_the_case(
    platform: Platform, people: dict[str, seed.DemoCustomer]
) -> None:
    customer, http = people["liffey"], urllib3.PoolManager(retries=False, timeout=30)
    headers = {"Authorization": f"Bearer {platform.token(customer)}"}
    cases = f"{platform.shop.api_url}/cases"
    asked = {"subject": "Keys are refused", "message": "Please help."}
    case = json.loads(http.request("POST", cases, json=asked, headers=headers).data)

    def mailed() -> list[dict[str, Any]]:
        return [mail for mail in platform.mails(customer.email) if case["reference"] in mail["subject"]]

    def bodies() -> list[str]:
        told = json.loads(http.request("GET", f"{cases}/{case['id']}/messages", headers=headers).data)
        return [message["body"] for message in told["messages"]]

    def parked() -> int:
        return int(platform.rows("SELECT count(*) FROM inbound_mail WHERE outcome = 'PARKED'")[0][0])

    parked_before = parked()
    until = time.monotonic() + SECONDS
    while not mailed() and time.monotonic() < until:
        time.sleep(0.1)
    [mail] = mailed()
    replies = f"{platform.shop.mail_url}/messages/{mail['id']}/replies"
    for sender in ({}, {"from": "eve@elsewhere.example"}):
        assert http.request("POST", replies, json={"text": "It is the last two.", **sender}).status == 202
    while len(bodies()) < 2 and time.monotonic() < until:
        time.sleep(0.1)
    while parked() == parked_before and time.monotonic() < until:
        time.sleep(0.1)
    assert bodies() == ["Please help.", "It is the last two."]
    assert parked() == parked_before + 1
