"""What people and mishaps bring about on a running platform, so that every service does all that it is there for."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from functools import cached_property, partial
from typing import Any, TypeVar
from uuid import uuid4

import urllib3

from local import seed
from local.customer import Basket, place
from tests.support.platform import Platform
from tests.unit.support.notices import notice_text

T = TypeVar("T")
SECONDS = 90.0
CODE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}\b")


def until(ask: Callable[[], T | None], seconds: float = SECONDS) -> T:
    """The first answer that is not empty.

    Raises:
        AssertionError: there is none in time.
    """
    end = time.monotonic() + seconds
    while not (found := ask()):
        assert time.monotonic() < end, "nothing came in time"
        time.sleep(0.25)
    return found


@dataclass
class Errands:
    """The platform with a customer's administrator and an operator."""

    platform: Platform
    customer: seed.DemoCustomer

    @cached_property
    def exports(self) -> dict[str, Any]:
        exports: dict[str, Any] = self.platform.model["outputs"]
        return exports

    @cached_property
    def administrator(self) -> str:
        return self.platform.token(self.customer)

    @cached_property
    def operator(self) -> str:
        credentials = {"email": seed.OPERATOR, "password": seed.PASSWORD}
        return str(self.call("POST", "/identity/sign-in", "", credentials)["accessToken"])

    def call(self, method: str, path: str, token: str, body: object = None) -> dict[str, Any]:
        """The answer's document; every write has a key of its own."""
        status, document = self.ask(method, path, token, body)
        assert status < 300, (method, path, status, document)
        return document

    def ask(self, method: str, path: str, token: str, body: object = None) -> tuple[int, dict[str, Any]]:
        """The status and the document, whatever they are."""
        headers = {"Idempotency-Key": str(uuid4())} | ({"Authorization": f"Bearer {token}"} if token else {})
        with urllib3.PoolManager(retries=False, timeout=30) as http:
            answer = http.request(method, self.platform.shop.api_url + path, json=body, headers=headers)
        told = "json" in answer.headers.get("Content-Type", "")
        return answer.status, json.loads(answer.data) if told else {}

    # --- orders and their papers

    def buys(self) -> str:
        """An order that was mailed."""
        basket = Basket(seed.PRODUCT_ID, self.customer.subscription_id, 2)
        order = place(self.platform.api(self.customer), basket, lambda _: None)
        assert order["state"] == "EMAILED", order
        return str(order["id"])

    def looks_at_the_papers(self, order: str) -> None:
        """The licence keys and both forms of the invoice, through their links, and a copy by mail."""
        shown = self.call("GET", "/licenses?limit=1", self.administrator)["licenses"][0]
        assert self.call("GET", f"/licenses/{shown['id']}/key", self.administrator)["key"]
        invoice = self._invoice(order)
        for form in ("pdf", "xml"):
            assert urllib3.request("GET", until(partial(self._link, invoice, form))).status == 200
        until(lambda: self.ask("POST", f"/invoices/{invoice}/resend", self.administrator)[0] == 202)

    def loses_the_invoice(self, order: str) -> None:
        """The printed document is gone from S3: whoever asks for it has it printed again."""
        [(document,)] = self.platform.rows(f"SELECT document_path FROM invoice WHERE order_id = '{order}'")
        self._delete(document)
        invoice = self._invoice(order)
        assert self._link(invoice, "pdf") is None
        assert until(lambda: self._link(invoice, "pdf"))

    def loses_each_payload_before_its_work(self, order: str) -> None:
        """Each worker meets a payload that is gone, and the relay writes it again."""
        for queue, path in self._payloads(order):
            known = self.platform.rows(f"DELETE FROM inbox WHERE path = '{path}' RETURNING 1")
            assert known
            self._delete(path)
            self._send(queue, json.dumps({"path": path}))
            done = f"SELECT 1 FROM inbox WHERE path = '{path}' AND finished_at IS NOT NULL"
            until(partial(self.platform.rows, done))

    def operates_on(self, order: str) -> None:
        """Everything that operators do with one order: each stage again, each object shown and kept for longer."""
        real = {"dryRun": False, "reason": "end-to-end test"}
        for stage in ("invoice", "document", "email"):
            self.call("POST", f"/operations/orders/{order}/restart", self.operator, {**real, "stage": stage})
            until(lambda: self._state(order) == "EMAILED" and not self._open(order))
        files = self.platform.rows(f"SELECT document_path, e_invoice_path FROM invoice WHERE order_id = '{order}'")[0]
        for path in (*files, *(path for _, path in self._payloads(order))):
            self.call("GET", f"/operations/payloads/{path}", self.operator)
            self.call("POST", f"/operations/payloads/{path}/extend", self.operator, real)
        self._delete(path)
        self.call("POST", f"/operations/payloads/{path}/extend", self.operator, real)

    # --- queues

    def poisons_every_queue(self) -> None:
        """What nobody understands goes through every queue to its dead letters, back and forth, and out."""
        poison = f"poison {uuid4()}"
        for queue in self.exports["queueUrls"]:
            self._send(queue, poison)
        real = {"dryRun": False, "reason": "end-to-end test"}
        for queue in self.exports["queueUrls"]:
            redrive = f"/operations/dead-letters/{queue}/redrive"
            until(partial(self._letter, queue, poison))
            self.call("POST", redrive, self.operator, {"dryRun": True})
            self.call("POST", redrive, self.operator, real)
            letter = until(partial(self._letter, queue, poison))
            gone = self.call(
                "POST", f"/operations/dead-letters/{queue}/discard", self.operator, {**real, "messages": [letter]}
            )
            assert [one["id"] for one in gone["messages"]] == [letter]

    # --- people and mail

    def invites_somebody(self) -> None:
        """Invited twice, put out, let in again, and then somebody with a password of their own."""
        email = f"e2e-{uuid4().hex[:8]}@{self.customer.email.rpartition('@')[2]}"
        body = {"email": email, "firstName": "Enda", "lastName": "Tuend"}
        person = self.call("POST", "/people", self.administrator, body)["id"]
        until(lambda: self._followed(email))
        # Nobody is mailed twice in a row.
        past = "welcomed_at = welcomed_at - interval '1 day'"
        assert until(lambda: self.platform.rows(f"UPDATE app_user SET {past} WHERE email = '{email}' RETURNING 1"))
        for step in ("invite", "deactivate", "reactivate"):
            self.call("POST", f"/people/{person}/{step}", self.administrator)
            until(lambda: self._followed(email))
        known = {mail["id"] for mail in self.platform.mails(email)}
        self.call("POST", "/identity/password-reset", "", {"email": email})
        mail = until(lambda: [one for one in self.platform.mails(email) if one["id"] not in known])[-1]
        part = message_from_bytes(self.platform.raw_mail(mail["id"]), policy=default).get_body(("plain",))
        code = CODE.search(str(part.get_content()) if part is not None else "")
        assert code is not None
        chosen = {"email": email, "code": code[0], "newPassword": "Endas-own-pass-1!"}
        self.call("POST", "/identity/password-reset/confirm", "", chosen)

    def writes_to_support(self) -> None:
        """A case that is answered by mail, and an answer whose mail is gone."""
        asked = {"subject": "Access", "message": "Please help."}
        case = self.call("POST", "/cases", self.administrator, asked)
        mails = lambda: [one for one in self.platform.mails(self.customer.email) if case["reference"] in one["subject"]]  # noqa: E731
        replies = f"{self.platform.shop.mail_url}/messages/{until(mails)[0]['id']}/replies"
        assert urllib3.request("POST", replies, json={"text": "It is done."}).status == 202
        messages = f"/cases/{case['id']}/messages"
        until(lambda: len(self.call("GET", messages, self.administrator)["messages"]) == 2)
        lost = f"inbound/{uuid4()}"
        self._send("inbound-mail", notice_text(path=lost, bucket=self.exports["payloadBucket"]))
        until(lambda: self.platform.rows(f"SELECT 1 FROM inbound_mail WHERE path = '{lost}'"))

    def _invoice(self, order: str) -> str:
        return str(self.platform.rows(f"SELECT id FROM invoice WHERE order_id = '{order}' AND kind = 'INVOICE'")[0][0])

    def _link(self, invoice: str, form: str) -> str | None:
        status, answer = self.ask("GET", f"/invoices/{invoice}/document?format={form}", self.administrator)
        return str(answer["url"]) if status == 200 else None

    def _payloads(self, order: str) -> list[tuple[str, str]]:
        found = self.platform.rows(f"SELECT queue, path FROM outbox WHERE order_id = '{order}' ORDER BY id")
        return [(str(queue), str(path)) for queue, path in found]

    def _state(self, order: str) -> str:
        return str(self.platform.rows(f"SELECT state FROM sales_order WHERE id = '{order}'")[0][0])

    def _open(self, order: str) -> list[tuple[Any, ...]]:
        return self.platform.rows(f"SELECT 1 FROM outbox WHERE order_id = '{order}' AND consumed_at IS NULL")

    def _followed(self, email: str) -> list[tuple[Any, ...]]:
        return self.platform.rows(f"SELECT 1 FROM app_user WHERE email = '{email}' AND directory_due_at IS NULL")

    def _letter(self, queue: str, body: str) -> str | None:
        told = self.call("GET", "/operations/dead-letters", self.operator)["queues"]
        letters = next(one["messages"] for one in told if one["queue"] == queue)
        return next((str(letter["id"]) for letter in letters if letter["body"] == body), None)

    def _send(self, queue: str, body: str) -> None:
        self.platform.clients.sqs.send_message(QueueUrl=self.exports["queueUrls"][queue], MessageBody=body)

    def _delete(self, path: str) -> None:
        self.platform.clients.s3.delete_object(Bucket=self.exports["payloadBucket"], Key=path)
