"""A restart makes anew what S3 has lost, and nothing of what is done a second time."""

from collections.abc import Callable

import pytest

from tests.support.desk import Desk, lose, spoil


def test_a_finished_order_can_be_replayed_and_nothing_happens_twice(desk: Desk) -> None:
    order_id = desk.pipeline.run().rpartition("/")[2]
    for stage in ("invoice", "document", "email"):
        assert desk.do(f"/orders/{order_id}/restart", stage=stage)["effect"] == "replay"
        assert desk.pipeline.relay() == 1
        desk.pipeline.take(stage)
    assert desk.pipeline.relay() == 0
    assert desk.world.value("SELECT count(*) FROM outbox WHERE consumed_at IS NULL") == 0
    assert desk.world.value("SELECT count(*) FROM invoice") == 1
    assert len(desk.pipeline.outbound.accepted) == 1
    assert desk.pipeline.state() == "EMAILED"


@pytest.mark.parametrize("harm", [lose, spoil])
def test_a_payload_that_s3_lost_is_rebuilt_from_the_database(desk: Desk, harm: Callable[[str], None]) -> None:
    order_id = desk.give_up()
    path = desk.path("invoice")
    harm(path)
    assert desk.told(f"/orders/{order_id}/restart")["rebuilt"] == [path]
    assert desk.do(f"/orders/{order_id}/restart")["rebuilt"] == [path]
    for queue in ("invoice", "document", "email"):
        desk.pipeline.relay()
        desk.pipeline.take(queue)
    assert desk.pipeline.state() == "EMAILED"


def test_a_copy_of_the_database_with_another_hash_is_refused(desk: Desk) -> None:
    order_id = desk.give_up()
    lose(desk.path("invoice"))
    desk.world.admin.execute("UPDATE outbox SET body = body || ' '")
    answer = desk.post(f"/orders/{order_id}/restart", dryRun=False, reason="fixed")
    assert answer.status_code == 409
    assert "not the one that was written" in answer.text
    assert desk.pipeline.state() == "PARKED"
    assert desk.audited() == [("restart", "refused", False, "fixed")]


@pytest.mark.parametrize("harm", [lose, spoil])
def test_a_lost_pdf_is_rendered_again_byte_for_byte(desk: Desk, harm: Callable[[str], None]) -> None:
    order_id = desk.park()
    path = str(desk.world.value("SELECT document_path FROM invoice"))
    sha256 = str(desk.world.value("SELECT document_sha256 FROM invoice"))
    harm(path)
    desk.do(f"/orders/{order_id}/restart")
    desk.pipeline.relay()
    desk.pipeline.take("document")
    assert desk.aws.payloads.get(path, sha256)
    desk.world.admin.execute("UPDATE outbox SET due_at = now() WHERE consumed_at IS NULL")
    desk.finish()
    assert desk.pipeline.state() == "EMAILED"
    assert desk.world.value("SELECT count(*) FROM invoice") == 1


@pytest.mark.parametrize("day", ["29", "31, and expired", "31, and S3 is late"])
def test_a_finished_order_replayed_on_any_day_gives_nothing_new(desk: Desk, day: str) -> None:
    order_id = desk.pipeline.run().rpartition("/")[2]
    before = effects(desk)
    shown = desk.get(f"/orders/{order_id}")
    [document] = shown["documents"]
    objects = [*(one["path"] for one in shown["stages"]), document["documentPath"]]
    desk.world.admin.execute("UPDATE outbox SET created_at = created_at - interval '31 days'")
    if day.endswith("expired"):
        for key in objects:
            lose(key)
    for stage in ("order", "invoice", "document", "email"):
        desk.do(f"/orders/{order_id}/restart", stage=stage)
        while desk.pipeline.relay():
            desk.pipeline.take(stage)
    assert effects(desk) == before
    assert desk.aws.payloads.get(document["documentPath"], document["documentSha256"])


def effects(desk: Desk) -> list[object]:
    """All that an order brings about: sales, numbers with their PDFs, mails and payloads."""
    tables = {
        "invoice": "invoice_number || document_sha256",
        "email_ledger": "path || message_id || attempts",
        "outbox": "path",
        "sales_order": "ccp_transaction_id || state",
    }
    kept = [
        desk.world.value(f"SELECT array_agg({what} ORDER BY {what}) FROM {table}") for table, what in tables.items()
    ]
    return [*kept, len(desk.pipeline.outbound.accepted), len(desk.pipeline.shop.ccp.calls)]
