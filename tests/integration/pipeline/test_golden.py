"""Payloads of every released version, byte for byte as they were written, through the handlers of this release."""

import hashlib
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import boto3
import pytest

from services.common.pipeline import manifests
from services.document.rendering import render_invoice
from services.invoice.crediting import issue
from services.manifests.credit_note import CreditNoteDocument
from services.manifests.document import DocumentManifest
from tests.integration.conftest import BUCKET, REGION, Aws, World
from tests.support.credit_requests import hand_over_bytes, wish
from tests.support.pipeline import Pipeline

GOLDEN = Path(__file__).parents[2] / "golden"
CUSTOMERS = {
    "domestic": "liffey",
    "reverse-charge": "mueller",
    "prorated": "mueller",
    "abroad": "siam",
    "credit-note": "liffey",
    "credit-note-abroad": "siam",
}
QUEUES = {"order": "invoice", "credit_request": "invoice", "document": "document", "email": "email"}
STAGES = ["invoice", "document", "email"]
DONE = {"order": "INVOICED", "document": "DOCUMENTED", "email": "EMAILED"}


def files(kind: str) -> list[Path]:
    return sorted(path.relative_to(GOLDEN) for path in GOLDEN.glob(f"{kind}.v*/*.json"))


class Replay(Pipeline):
    """A pipeline whose one order has got as far as a golden payload, which then takes its own payload's place."""

    def __init__(self, world: World, aws: Aws, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(world, aws)
        self.bytes = (GOLDEN / file).read_bytes()
        self.payload: Any = json.loads(self.bytes)
        self.credit = file.stem.startswith("credit-note")
        self.queue = QUEUES[file.parent.name.partition(".")[0]]
        self.order_id = UUID(self._order_id())
        monkeypatch.setattr("services.order.reservation.purchase_id", lambda _: self.order_id)
        who = CUSTOMERS[file.stem]
        subscription = str(world.customer(who).subscription_id)
        assert self.shop.order(self.shop.body(subscriptionId=subscription), who=who).status_code == 201
        for stage in STAGES if self.credit else STAGES[: STAGES.index(self.queue)]:
            self.step(stage)
        if self.credit:
            with world.database.transaction() as connection:
                number = str(world.value("SELECT invoice_number FROM invoice"))
                issue(connection, wish(world, {1: 1}, number, request_id=UUID(int=7)))
            for stage in STAGES[1 : STAGES.index(self.queue)]:
                self.step(stage)

    def _order_id(self) -> str:
        match self.queue:
            case "document":
                return str(self.payload["payload"]["orderId"])
            case "email":
                return str(self.payload["attachmentPaths"][0].split("/")[1])
        return str(UUID(int=1))

    def step(self, stage: str) -> None:
        self.relay()
        self.take(stage)

    def put(self) -> None:
        """Lets the golden payload take the place of the one that this release has written."""
        digest = hashlib.sha256(self.bytes).hexdigest()
        changed = self.world.admin.execute(
            """
            UPDATE outbox SET body = %s, sha256 = %s, length = %s,
                path = regexp_replace(path, '[0-9a-f]{64}[.]json$', %s)
            WHERE id = (SELECT max(id) FROM outbox WHERE queue = %s AND consumed_at IS NULL)
            """,
            (self.bytes.decode(), digest, len(self.bytes), f"{digest}.json", self.queue),
        )
        assert changed.rowcount == 1

    def replay(self) -> None:
        self.put()
        self.step(self.queue)


@pytest.mark.parametrize("file", files("order"), ids=str)
def test_an_order_payload_becomes_an_invoice(
    world: World, aws: Aws, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replay = Replay(world, aws, file, monkeypatch)
    replay.replay()
    assert replay.state() == DONE["order"]
    document = manifests.read(
        DocumentManifest, str(world.value("SELECT body FROM outbox WHERE queue = 'document'")).encode()
    )
    assert document.payload.supplied_on.isoformat() == replay.payload["timestamp"][:10]


@pytest.mark.parametrize("file", files("document"), ids=str)
def test_a_document_payload_becomes_its_pdf(
    world: World, aws: Aws, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replay = Replay(world, aws, file, monkeypatch)
    number = replay.payload["payload"]["number"]
    world.admin.execute(
        "UPDATE invoice SET invoice_number = %s, number = %s WHERE kind = %s",
        (number, int(number[-6:]), "CREDIT_NOTE" if replay.credit else "INVOICE"),
    )
    replay.replay()
    printed = render_invoice(manifests.read(DocumentManifest, replay.bytes).payload)
    expected = printed.pdf
    digest = hashlib.sha256(expected).hexdigest()
    path = str(world.value("SELECT document_path FROM invoice WHERE document_sha256 = %s", digest))
    assert aws.payloads.get(path, digest) == expected
    beside = world.value("SELECT e_invoice_path FROM invoice WHERE document_sha256 = %s", digest)
    assert (beside is None) == (printed.e_invoice is None)
    if printed.e_invoice is not None:
        assert aws.payloads.get(str(beside), hashlib.sha256(printed.e_invoice).hexdigest()) == printed.e_invoice
    assert replay.state() == DONE["email" if replay.credit else "document"]
    mail = json.loads(str(world.value("SELECT body FROM outbox WHERE queue = 'email' ORDER BY id DESC")))
    assert number in mail["title"]


@pytest.mark.parametrize("file", files("email"), ids=str)
def test_an_email_payload_becomes_its_mail(world: World, aws: Aws, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replay = Replay(world, aws, file, monkeypatch)
    [path] = replay.payload["attachmentPaths"]
    pdf = b"%PDF-1.7 as it was then"
    boto3.client("s3", region_name=REGION).put_object(Bucket=BUCKET, Key=path, Body=pdf)
    world.admin.execute(
        "UPDATE invoice SET document_path = %s, document_sha256 = %s WHERE kind = %s",
        (path, hashlib.sha256(pdf).hexdigest(), "CREDIT_NOTE" if replay.credit else "INVOICE"),
    )
    replay.replay()
    message, recipient, _ = replay.outbound.accepted[-1]
    assert (message["Subject"], recipient) == (replay.payload["title"], replay.payload["to"])
    [attachment] = message.iter_attachments()
    assert attachment.get_content() == pdf
    assert len(replay.outbound.accepted) == (2 if replay.credit else 1)
    assert replay.state() == DONE["email"]


@pytest.mark.parametrize("file", files("credit_request"), ids=str)
def test_a_credit_request_becomes_its_credit_note(world: World, aws: Aws, file: Path) -> None:
    pipeline = Pipeline(world, aws)
    who = CUSTOMERS[file.stem]
    body = pipeline.shop.body(amount=3, subscriptionId=str(world.customer(who).subscription_id))
    assert pipeline.shop.order(body, who=who).status_code == 201
    for stage in STAGES:
        pipeline.relay()
        pipeline.take(stage)
    raw = (GOLDEN / file).read_bytes()
    asked = json.loads(raw)
    hand_over_bytes(world, raw)
    for stage in STAGES:
        pipeline.relay()
        pipeline.take(stage)
    note = manifests.read(
        DocumentManifest, str(world.value("SELECT body FROM outbox WHERE queue = 'document' ORDER BY id DESC")).encode()
    ).payload
    assert isinstance(note, CreditNoteDocument)
    assert (note.corrects.number, note.reason) == (asked["invoiceNumber"], asked["reason"])
    quantities = asked["quantities"] or [{"quantity": 3}]
    assert sum(line.quantity for line in note.lines) == sum(entry["quantity"] for entry in quantities)
    days = [line.proration and line.proration.days for line in note.lines]
    assert days == [entry.get("days") for entry in quantities]
    assert str(world.value("SELECT request_id FROM invoice WHERE kind = 'CREDIT_NOTE'")) == asked["requestId"]
    assert pipeline.outbound.accepted[-1][0]["Subject"].startswith("Credit note EUC-000001")
