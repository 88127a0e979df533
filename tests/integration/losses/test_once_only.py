"""After a loss nothing is bought, numbered, credited or mailed twice, whoever asks for it again."""

from decimal import Decimal
from uuid import UUID, uuid4

from local.machine.postgres import CONTROLLER, Postgres
from services.invoice.credit import CreditRefused
from services.order.ccp import Purchase
from tests.integration.conftest import PRODUCT, World
from tests.integration.losses.test_found_again import numbers, ordered, outcome
from tests.support.losses import Region, Survivor, forgotten
from tests.support.numbers import credit
from tests.support.pair import Control


def bought(region: Region, order: UUID, **changes: object) -> None:
    """The CCP sells for an order that our database does not know."""
    customer = region.world.customer("liffey")
    facts = {"subscription_id": customer.subscription_id, "customer_id": customer.id} | changes
    purchase = Purchase(order, PRODUCT.id, 2, prices=(Decimal(10),), currency="EUR", **facts)  # type: ignore[arg-type]
    region.shop.ccp.buy(purchase, region.shop.ccp.deadline())


def test_a_customer_who_repeats_a_lost_request_gets_the_sale_of_then(
    world: World, server: Postgres, eu: Region, apac: Survivor
) -> None:
    with forgotten(server):
        lost = ordered(eu.shop)
        keys = eu.shop.ccp.sales[lost].license_keys
    apac.take_over()
    again = apac.shop.order(key="k1")
    assert again.status_code == 201
    assert again.headers["Location"] == f"/orders/{lost}"
    assert [entry["id"] for entry in again.json["licenseKeys"]] == [str(entry.id) for entry in keys]  # type: ignore[index]
    assert [len(eu.shop.ccp.calls), len(eu.shop.ccp.sales)] == [1, 1], "the CCP was looked into first"
    apac.find()
    assert world.value("SELECT count(*) FROM sales_order") == 1
    assert apac.shop.order(key="k1").data == again.data


def test_a_customer_who_repeats_a_request_that_was_found_meanwhile_is_told_of_it(
    world: World, server: Postgres, eu: Region, apac: Survivor
) -> None:
    with forgotten(server):
        lost = ordered(eu.shop)
    apac.take_over()
    apac.find()
    again = apac.shop.order(key="k1")
    assert (again.status_code, again.json["orderId"]) == (202, str(lost))  # type: ignore[index]
    assert len(eu.shop.ccp.sales) == 1
    assert world.value("SELECT count(*) FROM sales_order") == 1


def test_a_sale_that_may_have_been_more_licences_of_an_item_waits_for_a_person(
    world: World, eu: Region, apac: Survivor
) -> None:
    lost = uuid4()
    bought(eu, lost)
    apac.take_over()
    apac.find()
    assert outcome(world, lost) == ("CCP", "PARKED")
    assert "it may have been more licences of an item" in str(apac.order_of(lost)["reason"])
    calls = len(eu.shop.ccp.calls)
    apac.restart(lost)
    apac.find()
    assert apac.order_of(lost)["state"] == "CONFIRMED"
    assert len(eu.shop.ccp.calls) == calls


def test_a_sale_to_a_customer_who_is_lost_too_is_left_to_a_person_with_all_that_is_known(
    world: World, eu: Region, apac: Survivor
) -> None:
    lost, customer = uuid4(), uuid4()
    bought(eu, lost, customer_id=customer)
    apac.take_over()
    apac.find()
    assert outcome(world, lost) == ("CCP", "UNPLACED")
    assert str(customer) in str(world.value("SELECT reason FROM lost_order"))
    assert world.value("SELECT kind FROM ccp_discrepancy WHERE reference = %s", str(lost)) == "ORPHAN"


def test_a_number_that_both_writers_have_given_reaches_nobody_a_second_time(
    world: World, server: Postgres, eu: Region, apac: Survivor
) -> None:
    """The new writer gave it before anybody had told it of the loss."""
    with forgotten(server):
        lost = ordered(eu.shop, "k0")
        eu.go_on("document")
    later = ordered(apac.shop)
    apac.go_on("invoice")
    assert numbers(world) == ["EU-000001"]
    apac.take_over()
    assert apac.search()
    apac.find()
    apac.go_on()
    assert str(apac.order_of(later)["reason"]).startswith("the number EU-000001 was given to another order before")
    assert str(apac.order_of(lost)["reason"]).startswith("EU-000001 was given to it before a region was lost")
    assert apac.outbound.accepted == []


def test_without_a_loss_a_sale_of_nobody_stays_one(world: World, eu: Region, apac: Survivor) -> None:
    bought(eu, uuid4())
    apac.find()
    assert world.value("SELECT count(*) FROM lost_order") == 0
    assert world.value("SELECT count(*) FROM sales_order") == 0


def test_a_later_planned_switch_goes_on_in_the_series_that_the_loss_began(
    world: World, server: Postgres, eu: Region, apac: Survivor
) -> None:
    ordered(eu.shop, "k0")
    eu.go_on()
    apac.take_over()
    since = world.value("SELECT epoch FROM writer_loss")
    assert apac.search()
    with server.connect(CONTROLLER) as connection:
        Control(connection).begin()
    ordered(apac.shop)
    apac.go_on()
    assert numbers(world) == ["EU-000001", f"EU-{since}-000001"]
    assert world.value("SELECT count(*) FROM writer_loss") == 1


def test_a_credit_note_is_of_the_new_series_and_one_that_was_given_is_not_given_again(
    world: World, server: Postgres, eu: Region, apac: Survivor
) -> None:
    ordered(eu.shop, "k0")
    eu.go_on()
    request = uuid4()
    with forgotten(server):
        assert credit(eu, 1, request) == "EUC-000001"
        eu.go_on("document")
    apac.take_over()
    assert apac.search()
    since = world.value("SELECT epoch FROM writer_loss")
    assert world.value("SELECT series FROM lost_number WHERE request_id = %s", request) == "EUC"
    refused = credit_refused(apac, request)
    assert refused == "it was credited as EUC-000001 before a region was lost: enter that one"
    assert credit(apac, 1) == f"EU-{since}C-000001"


def credit_refused(region: Region, request: UUID) -> str:
    """Why it is not credited."""
    try:
        return credit(region, 1, request)
    except CreditRefused as refusal:
        return str(refusal)
