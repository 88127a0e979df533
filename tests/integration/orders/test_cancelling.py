"""`POST /orders/{id}/cancel`: before the sale, after it, after the invoice; and when it cannot be."""

from typing import Any

import pytest

from services.common.ccp.client import CcpNotCalled, CcpOutcomeUnknown, CcpRefused
from services.common.ccp.schedule import MAX_ATTEMPTS
from services.order.reconciler import reconcile
from tests.support.pipeline import Pipeline
from tests.support.shop import Shop, sale_of


def shown(shop: Shop, address: str) -> Any:
    return shop.get(address).json


def cancelled(shop: Shop, address: str) -> Any:
    answer = shop.cancel(address)
    assert answer.status_code == 200, answer.data
    return answer.json


def waiting(shop: Shop) -> str:
    """An order whose outcome at the CCP nobody knows, and that nobody asks about just now."""
    shop.ccp.script = CcpOutcomeUnknown("timeout")
    address = shop.order(key="k1").headers["Location"]
    shop.ccp.script = lambda sale: sale
    return address


def sold_unknown(shop: Shop) -> str:
    """An order that the CCP has sold, as it turns out, although no answer came."""
    address = waiting(shop)
    [purchase] = shop.ccp.calls
    shop.ccp.sales[purchase.order_id] = sale_of(purchase)
    return address


def hurry(shop: Shop) -> None:
    shop.world.admin.execute("UPDATE sales_order SET leased_until = now() - interval '1 s'")
    shop.world.admin.execute("UPDATE sales_order SET cancel_due_at = now() WHERE cancel_due_at IS NOT NULL")


def test_an_order_that_never_got_to_the_ccp_is_cancelled_and_never_bought(shop: Shop) -> None:
    address = waiting(shop)
    told = cancelled(shop, address)
    assert (told["state"], told["cancellation"]["outcome"]) == ("CANCELLED", "CANCELLED")
    hurry(shop)
    assert reconcile(shop.world.database, shop.settlement, shop.ccp) == 0
    assert (len(shop.ccp.calls), shop.ccp.sales) == (1, {})
    assert shop.world.value("SELECT count(*) FROM outbox") == 0


def test_a_repetition_of_the_order_hears_that_it_was_cancelled(shop: Shop) -> None:
    cancelled(shop, waiting(shop))
    first, second = shop.order(key="k1"), shop.order(key="k1")
    assert (first.status_code, first.data) == (202, second.data)
    assert first.json["state"] == "CANCELLED"  # type: ignore[index]


def test_a_sale_that_nobody_knew_of_is_found_and_cancelled_at_the_ccp(shop: Shop) -> None:
    address = sold_unknown(shop)
    cancelled(shop, address)
    assert set(shop.ccp.cancelled) == {sale.transaction_id for sale in shop.ccp.sales.values()}
    assert shop.world.value("SELECT count(*) FROM license") == 0


def test_a_sold_order_without_an_invoice_never_gets_one(pipeline: Pipeline) -> None:
    shop = pipeline.shop
    address = shop.order().headers["Location"]
    told = cancelled(shop, address)
    assert told["state"] == "CANCELLED"
    assert len(shop.ccp.cancelled) == 1
    pipeline.relay()
    pipeline.take("invoice")
    assert shop.world.value("SELECT count(*) FROM invoice") == 0
    assert shown(shop, address)["state"] == "CANCELLED"


def test_an_invoiced_order_is_credited_in_full_and_both_documents_are_mailed(pipeline: Pipeline) -> None:
    shop = pipeline.shop
    address = pipeline.run()
    cancelled(shop, address)
    for queue in ("invoice", "document", "email"):
        pipeline.relay()
        pipeline.take(queue)
    documents = shop.world.admin.execute("SELECT kind, amount FROM invoice ORDER BY revision").fetchall()
    assert [kind for kind, _ in documents] == ["INVOICE", "CREDIT_NOTE"]
    assert documents[0][1] == documents[1][1]
    assert len(pipeline.outbound.accepted) == 2
    told = shown(shop, address)
    assert (told["state"], told["invoiceNumber"]) == ("CANCELLED", "EU-000001")
    assert [line["stage"] for line in told["stages"]][-3:] == ["CANCEL_ASKED", "CANCELLED", "CREDITED"]


def test_an_order_that_is_cancelled_while_its_invoice_is_printed_still_gets_both_documents(pipeline: Pipeline) -> None:
    shop = pipeline.shop
    address = shop.order().headers["Location"]
    pipeline.relay()
    pipeline.take("invoice")
    assert cancelled(shop, address)["state"] == "CANCELLED"
    for queue in ("document", "email", "invoice", "document", "email"):
        pipeline.relay()
        pipeline.take(queue)
    assert len(pipeline.outbound.accepted) == 2
    assert pipeline.state() == "EMAILED"


def test_the_licences_of_a_cancelled_order_are_gone_and_those_of_others_stay(shop: Shop) -> None:
    first = shop.order().headers["Location"]
    shop.order(shop.body(amount=3))
    account = shop.world.value("SELECT id FROM account WHERE customer_id = %s", shop.world.customer("liffey").id)
    assign = "INSERT INTO license_account (license_id, account_id) SELECT id, %s FROM license"
    shop.world.admin.execute(assign, (account,))
    cancelled(shop, first)
    assert shop.world.value("SELECT quantity FROM subscription_item") == 3
    assert shop.world.value("SELECT count(*) FROM license WHERE returned_at IS NULL AND account_id = %s", account) == 3
    assert shop.world.value("SELECT count(*) FROM license WHERE returned_at IS NOT NULL AND account_id IS NULL") == 2


def test_cancelling_twice_is_cancelling_once(pipeline: Pipeline) -> None:
    shop = pipeline.shop
    address = pipeline.run()
    first, again, anew = shop.cancel(address, key="c1"), shop.cancel(address, key="c1"), shop.cancel(address)
    assert [answer.status_code for answer in (first, again, anew)] == [200, 200, 200]
    assert first.data == again.data == anew.data
    assert (
        shop.world.value("SELECT count(*) FROM outbox WHERE body LIKE '%%invoiceNumber%%' AND queue = 'invoice'") == 1
    )
    assert shop.world.value("SELECT quantity FROM subscription_item") == 0


def test_nobody_cancels_what_is_somebody_else_s(shop: Shop) -> None:
    address = shop.order().headers["Location"]
    assert shop.cancel(address, who="siam").status_code == 404
    assert shown(shop, address)["state"] == "CONFIRMED"
    assert shop.ccp.cancelled == {}


def refused(shop: Shop, address: str, why: str) -> None:
    before = shop.world.value("SELECT count(*) FROM license WHERE returned_at IS NULL")
    answer = shop.cancel(address)
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    assert answer.json is not None
    assert why in answer.json["detail"]
    assert shop.world.value("SELECT count(*) FROM license WHERE returned_at IS NULL") == before
    assert shop.ccp.cancelled == {}


def test_what_cannot_be_cancelled_is_a_conflict_that_says_why(shop: Shop) -> None:
    address = shop.order().headers["Location"]
    shop.world.admin.execute("UPDATE sales_order SET created_at = now() - interval '8 days'")
    refused(shop, address, "within 7 days")
    shop.world.admin.execute("UPDATE sales_order SET created_at = now()")
    shop.world.admin.execute("UPDATE license SET returned_at = now() WHERE id = (SELECT id FROM license LIMIT 1)")
    refused(shop, address, "returned or extended")
    shop.ccp.script = CcpRefused("no more seats")
    refused(shop, shop.order().headers["Location"], "refused the order")


def test_an_order_that_waits_for_a_person_waits_for_that_person(shop: Shop) -> None:
    shop.ccp.script = lambda sale: sale.model_copy(update={"amount": 1, "license_keys": sale.license_keys[:1]})
    refused(shop, shop.order().headers["Location"], "support case")


def test_a_licence_that_is_being_changed_keeps_its_order_from_being_cancelled(shop: Shop) -> None:
    address = shop.order().headers["Location"]
    shop.world.admin.execute(
        """
        INSERT INTO licence_change (id, customer_id, subscription_item_id, kind, state, license_ids, quantity_before,
            quantity_after, effective_on, leased_until)
        SELECT gen_random_uuid(), customer_id, subscription_item_id, 'RETURN', 'RESERVED', ARRAY[id], 2, 1,
            current_date, now() FROM license LIMIT 1
        """
    )
    refused(shop, address, "returned or extended")
    shop.world.admin.execute("UPDATE licence_change SET state = 'REFUSED', reason = 'x'")
    cancelled(shop, address)


def test_a_ccp_that_does_not_cancel_leaves_everything_as_it_was(shop: Shop) -> None:
    address = shop.order().headers["Location"]
    shop.ccp.cancelling = CcpRefused("too late for this product")
    answer = shop.cancel(address)
    assert answer.status_code == 409
    assert "too late for this product" in answer.text
    told = shown(shop, address)
    assert (told["state"], told["cancellation"]["outcome"]) == ("CONFIRMED", "REFUSED")
    assert shop.world.value("SELECT quantity FROM subscription_item") == 2
    assert shop.world.value("SELECT count(*) FROM license WHERE returned_at IS NULL") == 2
    shop.ccp.cancelling = None
    cancelled(shop, address)


def test_a_sale_that_the_ccp_does_not_cancel_becomes_the_order_s(shop: Shop) -> None:
    address = sold_unknown(shop)
    shop.ccp.cancelling = CcpRefused("too late")
    assert shop.cancel(address).status_code == 409
    hurry(shop)
    assert reconcile(shop.world.database, shop.settlement, shop.ccp) == 1
    assert shown(shop, address)["state"] == "CONFIRMED"
    assert len(shop.ccp.sales) == 1


@pytest.mark.parametrize("fault", [CcpOutcomeUnknown("timeout"), CcpNotCalled("the gate is closed", 3.0)])
def test_a_cancellation_without_an_answer_goes_on_by_itself(shop: Shop, fault: Exception) -> None:
    address = shop.order().headers["Location"]
    shop.ccp.cancelling = fault
    answer = shop.cancel(address)
    assert (answer.status_code, answer.headers["Location"]) == (202, address)
    assert shown(shop, address)["state"] == "CANCELLING"
    assert shop.world.value("SELECT count(*) FROM license WHERE returned_at IS NULL") == 0
    shop.ccp.cancelling = None
    assert shop.cancellations.pursue_all() == 0
    hurry(shop)
    assert shop.cancellations.pursue_all() == 1
    assert shown(shop, address)["state"] == "CANCELLED"


def test_an_unclear_order_is_parked_in_the_end_and_after_a_restart_still_not_bought(shop: Shop) -> None:
    address = waiting(shop)
    shop.ccp.script = CcpOutcomeUnknown("the CCP does not tell its sales")
    assert shop.cancel(address).status_code == 202
    shop.world.admin.execute("UPDATE sales_order SET cancel_attempts = %s", (MAX_ATTEMPTS - 1,))
    hurry(shop)
    shop.cancellations.pursue_all()
    assert shown(shop, address)["state"] == "PARKED"
    assert shop.cancellations.pursue_all() == 0
    shop.ccp.script = lambda sale: sale
    shop.world.admin.execute("UPDATE sales_order SET state = 'RESERVED', reason = NULL, leased_until = now()")
    hurry(shop)
    assert reconcile(shop.world.database, shop.settlement, shop.ccp) == 0
    assert shop.cancellations.pursue_all() == 1
    assert shown(shop, address)["state"] == "CANCELLED"
    assert shop.ccp.sales == {}
