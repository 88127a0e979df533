"""What the lost region had done is found in S3 and at the CCP, and nothing of it is done a second time."""

from uuid import UUID

import boto3

from local.machine.postgres import Postgres
from tests.integration.conftest import BUCKET, REGION, World
from tests.support.losses import Region, Survivor, forgotten
from tests.support.shop import Shop


def ordered(shop: Shop, key: str | None = "k1") -> UUID:
    answer = shop.order(key=key)
    assert answer.status_code == 201, answer.data
    return UUID(answer.headers["Location"].rpartition("/")[2])


def outcome(world: World, order: UUID) -> tuple[object, object]:
    row = world.admin.execute("SELECT found_in, outcome FROM lost_order WHERE order_id = %s", (order,)).fetchone()
    assert row is not None
    return row[0], row[1]


def numbers(world: World) -> list[object]:
    return [row[0] for row in world.admin.execute("SELECT invoice_number FROM invoice ORDER BY 1").fetchall()]


def test_an_order_that_only_the_ccp_knows_is_made_again_and_invoiced_in_the_new_series(
    world: World, server: Postgres, eu: Region, apac: Survivor
) -> None:
    first = ordered(eu.shop, "k0")
    eu.go_on()
    with forgotten(server):
        lost = ordered(eu.shop)
    apac.take_over()
    apac.find()
    assert outcome(world, lost) == ("CCP", "RESTORED")
    assert apac.order_of(lost)["state"] == "CONFIRMED"
    assert apac.search()
    apac.go_on()
    assert apac.order_of(lost)["state"] == "EMAILED"
    epoch = world.value("SELECT epoch FROM writer_epoch")
    assert numbers(world) == ["EU-000001", f"EU-{epoch}-000001"]
    assert len(eu.shop.ccp.calls) == 2, "nothing was bought again"
    licences = {entry.id for entry in eu.shop.ccp.sales[lost].license_keys}
    rows = world.admin.execute("SELECT id FROM license WHERE order_id = %s", (lost,)).fetchall()
    assert {row[0] for row in rows} == licences
    assert apac.order_of(first)["state"] == "EMAILED"


def test_an_invoice_that_was_given_out_comes_back_with_its_number_and_its_mail_waits_for_a_person(
    world: World, server: Postgres, eu: Region, apac: Survivor
) -> None:
    ordered(eu.shop, "k0")
    eu.go_on()
    with forgotten(server):
        lost = ordered(eu.shop)
        eu.go_on()
        printed = world.value("SELECT document_sha256 FROM invoice WHERE order_id = %s", lost)
    assert len(eu.outbound.accepted) == 2
    apac.take_over()
    assert apac.search()
    assert outcome(world, lost) == ("S3", None)
    apac.find()
    apac.go_on()
    assert numbers(world) == ["EU-000001", "EU-000002"]
    assert world.value("SELECT document_sha256 FROM invoice WHERE order_id = %s", lost) == printed
    assert apac.order_of(lost)["state"] == "PARKED"
    assert apac.order_of(lost)["reason"] == (
        "the mail with EU-000002 was handed over before a region was lost, and may have been sent: "
        "restart it to have it sent"
    )
    assert apac.outbound.accepted == []
    closed = world.admin.execute("SELECT last_number, last_witnessed FROM invoice_series WHERE series = 'EU'")
    assert closed.fetchone() == (2, 2)


def test_an_order_whose_row_was_copied_but_not_its_invoice_gets_no_second_one(
    world: World, server: Postgres, eu: Region, apac: Survivor
) -> None:
    lost = ordered(eu.shop)
    with forgotten(server):
        eu.go_on("document")
    assert apac.order_of(lost)["state"] == "CONFIRMED"
    apac.take_over()
    assert apac.search()
    apac.go_on()
    assert numbers(world) == ["EU-000001"]
    assert len(apac.outbound.accepted) == 0, "the mail was in eu's queue, and nobody knows whether it left that"


def test_a_number_whose_document_is_gone_parks_its_order_until_a_person_lets_it_have_another(
    world: World, server: Postgres, eu: Region, apac: Survivor
) -> None:
    with forgotten(server):
        lost = ordered(eu.shop)
        eu.go_on("document")
    s3 = boto3.client("s3", region_name=REGION)
    for entry in s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        if not entry["Key"].startswith("numbers/"):
            s3.delete_object(Bucket=BUCKET, Key=entry["Key"])
    apac.take_over()
    assert apac.search()
    apac.find()
    apac.go_on()
    assert apac.order_of(lost)["state"] == "PARKED"
    assert str(apac.order_of(lost)["reason"]).startswith("EU-000001 was given to it before a region was lost")
    apac.restart(lost)
    apac.go_on()
    assert apac.order_of(lost)["state"] == "EMAILED"
    assert "EU-000001" not in numbers(world)


def test_while_the_lost_bucket_is_silent_nothing_of_before_is_invoiced_and_then_a_person_is_asked(
    world: World, server: Postgres, eu: Region, apac: Survivor
) -> None:
    with forgotten(server):
        lost = ordered(eu.shop)
        eu.go_on()
    apac.take_over()
    assert apac.search(eu="silent-")
    apac.find()
    assert apac.waits("invoice")
    world.admin.execute("UPDATE writer_loss SET began_at = began_at - interval '2 minutes'")
    world.admin.execute("UPDATE sales_order SET created_at = created_at - interval '3 minutes'")
    apac.go_on()
    assert numbers(world) == []
    assert "it may have an invoice already: the region eu was lost" in str(apac.order_of(lost)["reason"])
    assert apac.search(), "it answers after all"
    apac.restart(lost)
    apac.go_on()
    assert numbers(world) == ["EU-000001"]
