"""What S3 holds of an order: shown, kept for longer, and read from the database where S3 has lost it."""

import hashlib
from uuid import uuid4

import boto3
import pytest

from services.common.errors import Park
from services.document.rendering import Renderer
from services.invoice.crediting import issue
from tests.integration.conftest import BUCKET, REGION
from tests.support.credit_requests import wish
from tests.support.desk import Desk, headers, lose, spoil


def test_payloads_that_s3_will_lose_are_told_and_kept_for_longer(desk: Desk) -> None:
    desk.park()
    desk.pipeline.run()
    assert expiring(desk, "7") == set()
    desk.world.admin.execute("UPDATE outbox SET created_at = created_at - interval '25 days'")
    paths = expiring(desk, "7")
    assert {path.split("/")[2] for path in paths} == {"invoice", "document", "email", "pdf"}
    assert len(paths) == 4
    assert expiring(desk, "3") == set()
    for path in paths:
        assert desk.told(f"/payloads/{path}/extend")["effect"] == "extend"
    assert expiring(desk, "7") == paths
    boto3.client("s3", region_name=REGION).put_bucket_versioning(
        Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"}
    )
    for path in paths:
        desk.do(f"/payloads/{path}/extend")
    assert expiring(desk, "7") == set()
    assert [versions(path) for path in paths] == [2, 2, 2, 2]
    assert len(desk.audited()) == 8


def test_an_e_invoice_is_kept_for_longer_like_the_pdf_beside_it(desk: Desk) -> None:
    order = desk.park()
    printed = str(desk.world.value("SELECT document_path FROM invoice WHERE order_id = %s", order))
    path = printed.replace("/pdf/", "/xml/").replace(".pdf", ".xml")
    desk.aws.payloads.rewrite(path, b"<Invoice/>", "application/xml")
    known = (path, hashlib.sha256(b"<Invoice/>").hexdigest(), order)
    desk.world.admin.execute("UPDATE invoice SET e_invoice_path = %s, e_invoice_sha256 = %s WHERE order_id = %s", known)
    assert desk.do(f"/payloads/{path}/extend")["effect"] == "extend"
    kept = desk.world.value("SELECT e_invoice_stored_anew_at FROM invoice WHERE order_id = %s", order)
    assert kept is not None


def expiring(desk: Desk, days: str) -> set[str]:
    return {one["path"] for one in desk.get("/payloads/expiring", days=days)["payloads"]}


def versions(path: str) -> int:
    listed = boto3.client("s3", region_name=REGION).list_object_versions(Bucket=BUCKET, Prefix=path)
    return len(listed["Versions"])


def test_extending_rebuilds_a_lost_payload_but_no_pdf(desk: Desk) -> None:
    desk.park()
    payload, pdf = desk.path("email"), str(desk.world.value("SELECT document_path FROM invoice"))
    lose(payload)
    lose(pdf)
    assert desk.do(f"/payloads/{payload}/extend")["effect"] == "rebuild"
    assert desk.aws.payloads.get(payload, payload.rpartition("-")[2].removesuffix(".json"))
    refused = desk.post(f"/payloads/{pdf}/extend", dryRun=False, reason="fixed")
    assert refused.status_code == 409
    assert "restart the stage 'document'" in refused.text
    lose(payload)
    desk.world.admin.execute("UPDATE outbox SET body = body || ' '")
    assert desk.post(f"/payloads/{payload}/extend", dryRun=False, reason="fixed").status_code == 409
    strange = f"{uuid4()}/{uuid4()}/invoice/1-{'0' * 64}.json"
    assert desk.post(f"/payloads/{strange}/extend").status_code == 404


def test_an_order_goes_on_after_its_lost_pdf_could_not_be_rendered_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = desk.park()
    lose(str(desk.world.value("SELECT document_path FROM invoice")))
    desk.do(f"/orders/{order}/restart")

    def broken(*_: object) -> bytes:
        raise Park("no fonts today")

    with monkeypatch.context() as today:
        today.setattr(Renderer, "render", broken)
        desk.pipeline.relay()
        desk.pipeline.take("document")
    assert (desk.pipeline.state(), desk.pipeline.reason()) == ("PARKED", "no fonts today")
    assert desk.do(f"/orders/{order}/restart")["state"] == "INVOICED"
    desk.pipeline.relay()
    desk.pipeline.take("document")
    assert desk.pipeline.state() == "DOCUMENTED"
    desk.world.admin.execute("UPDATE outbox SET due_at = now() WHERE consumed_at IS NULL")
    desk.pipeline.relay()
    desk.pipeline.take("email", times=2)
    assert (desk.pipeline.state(), len(desk.pipeline.outbound.accepted)) == ("EMAILED", 1)
    assert desk.world.value("SELECT count(*) FROM outbox") == 3


def test_a_replaced_mail_s_pdf_is_listed_once_and_while_the_new_mail_waits(desk: Desk) -> None:
    order = desk.park()
    desk.world.admin.execute("UPDATE customer SET email = 'books@liffey.example' WHERE country = 'IE'")
    desk.do(f"/orders/{order}/resend", "k1")
    desk.world.admin.execute("UPDATE outbox SET created_at = created_at - interval '29 days'")
    waiting = [one["kind"] for one in desk.get("/payloads/expiring")["payloads"]]
    assert sorted(waiting) == ["document", "email", "email", "invoice", "pdf"]
    desk.finish()
    assert desk.get("/payloads/expiring")["payloads"] == []
    kinds = [one["kind"] for one in desk.get("/payloads/expiring", finished="true")["payloads"]]
    assert sorted(kinds) == ["document", "email", "email", "invoice", "pdf"]


def test_the_list_goes_on_page_by_page_the_most_urgent_first(desk: Desk) -> None:
    for _ in range(2):
        desk.park()
    desk.world.admin.execute(
        "UPDATE outbox SET created_at = created_at - interval '29 days' - id * interval '1 minute'"
    )
    seen: list[str] = []
    page = desk.get("/payloads/expiring", limit="3")
    while True:
        seen += [one["expiresAt"] for one in page["payloads"]]
        if page["next"] is None:
            break
        page = desk.get("/payloads/expiring", limit="3", cursor=page["next"])
    assert len(seen) == 8
    assert seen == sorted(seen)


def test_of_a_finished_order_only_what_is_open_is_listed_unless_all_is_asked_for(desk: Desk) -> None:
    desk.pipeline.run()
    with desk.world.database.transaction() as connection:
        issue(connection, wish(desk.world, None))
    desk.world.admin.execute("UPDATE outbox SET created_at = created_at - interval '29 days'")
    [note] = desk.get("/payloads/expiring")["payloads"]
    assert (note["kind"], note["state"], "/2-" in note["path"]) == ("document", "EMAILED", True)
    everything = desk.get("/payloads/expiring", finished="true")["payloads"]
    assert sorted(one["kind"] for one in everything) == ["document", "document", "email", "invoice", "pdf"]
    desk.world.admin.execute("UPDATE outbox SET created_at = created_at - interval '2 days'")
    assert [one["path"] for one in desk.get("/payloads/expiring", finished="true")["payloads"]] == [note["path"]]


def test_every_object_of_the_timeline_is_read_through_its_link(desk: Desk) -> None:
    shown = desk.get(f"/orders/{desk.pipeline.run().rpartition('/')[2]}")
    for row in (*shown["stages"], *shown["documents"]):
        answer = desk.client.get(row["link"], headers=headers())
        assert answer.status_code == 200
        pdf = row["link"].endswith(".pdf")
        assert answer.mimetype == ("application/pdf" if pdf else "application/json")
        assert answer.data.startswith(b"%PDF" if pdf else b"{")
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_lost_payload_is_read_from_the_database_and_a_lost_pdf_is_refused(desk: Desk) -> None:
    shown = desk.get(f"/orders/{desk.pipeline.run().rpartition('/')[2]}")
    stage, document = shown["stages"][0], shown["documents"][0]
    spoil(stage["path"])
    lose(document["documentPath"])
    assert desk.client.get(stage["link"], headers=headers()).json["transactionId"]  # type: ignore[index]
    answer = desk.client.get(document["link"], headers=headers())
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    assert "restart the stage 'document'" in answer.text
