"""A quote: its sums, its tax, and that the invoice of such an order says the same."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.api import Operation, idempotency
from services.common.errors import NotPossible
from services.common.money.currencies import decimals_of
from services.common.tax.supplies import TaxParty, decide
from services.invoice.composition import InvoiceHead, OrderFacts, SoldItem, compose
from services.manifests.invoice_document import Buyer, Seller
from services.order.api import OPERATIONS
from services.order.api_models import MAX_AMOUNT, CreateOrder, OrderSummaryAnswer, ShownState
from services.order.offers import Offer
from services.order.quote import Parties, quote
from tests.support.invoices import EUROPE, SINGAPORE, buyer

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BODY = {
    "ccpServiceItemId": "2786d9fb-aa4e-4778-8abb-11a546852728",
    "amount": 3,
    "subscriptionId": "b7a0c3c4-5b1c-5a3e-8f49-1f0a4c1d2e3f",
}
IRELAND, GERMANY, THAILAND = buyer(), buyer(country="DE", vat_id="DE136695976"), buyer(country="TH")


def command(amount: int = 3) -> CreateOrder:
    return CreateOrder.parse(json.dumps(BODY | {"amount": amount}).encode())


def offer(price: str = "13.81", currency: str = "EUR") -> Offer:
    return Offer(UUID(int=1), "Nimbus Office Business", Decimal(price), currency)


def parties(seller: Seller = EUROPE, to: Buyer = IRELAND) -> Parties:
    return Parties(TaxParty(seller.country, seller.vat_id), TaxParty(to.country, to.vat_id))


@given(
    st.decimals(min_value=0, max_value=10**9, places=4),
    st.integers(1, MAX_AMOUNT),
    st.sampled_from(["EUR", "SGD", "JPY", "KWD"]),
    st.sampled_from([(EUROPE, IRELAND), (EUROPE, GERMANY), (EUROPE, THAILAND), (SINGAPORE, THAILAND)]),
)
def test_a_quote_adds_up_and_says_what_the_invoice_will_say(
    price: Decimal, amount: int, currency: str, between: tuple[Seller, Buyer]
) -> None:
    told = quote(command(amount), offer(str(price), currency), parties(*between), NOON)
    assert Decimal(told.net) + Decimal(told.vat.amount) == Decimal(told.gross)
    for figure in (told.net, told.vat.amount, told.gross):
        assert -int(Decimal(figure).as_tuple().exponent) == decimals_of(currency)
    seller, to = between
    head = InvoiceHead("EU-1", "EU", date(2026, 11, 22), date(2026, 11, 22), date(2026, 12, 22))
    item = SoldItem("Nimbus Office Business", amount, price)
    facts = OrderFacts(UUID(int=1), UUID(int=2), "Head office", currency, (item,))
    tax = decide(parties(*between).seller, parties(*between).buyer, date(2026, 11, 22))
    invoice = compose(head, facts, seller, to, tax)
    assert (told.net, told.vat.amount, told.gross) == tuple(
        f"{amount:f}" for amount in (invoice.totals.net, invoice.totals.vat, invoice.totals.gross)
    )
    assert (told.vat.category, told.vat.rate) == (invoice.lines[0].vat_category, f"{invoice.lines[0].vat_rate:f}")
    assert tuple(invoice.notes) == ((told.vat.note,) if told.vat.note else ())


def test_a_quote_names_the_term_that_its_price_is_for() -> None:
    told = quote(command(), offer(), parties(), NOON)
    assert (told.price_per_item, told.discount, told.currency) == ("13.81", 0, "EUR")
    assert (told.term.begins_on, told.term.ends_on) == (date(2026, 11, 22), date(2027, 11, 22))
    assert told.term.charged_days == told.term.term_days == 365


def test_tax_is_of_the_seller_s_kind_and_of_the_day() -> None:
    at_home = quote(command(), offer(), parties(), NOON)
    assert (at_home.vat.name, at_home.vat.category, at_home.vat.rate, at_home.vat.note) == ("VAT", "S", "23", None)
    abroad = quote(command(), offer(), parties(to=GERMANY), NOON)
    assert (abroad.vat.category, abroad.vat.amount) == ("AE", "0.00")
    assert "Reverse charge" in (abroad.vat.note or "")


def test_what_nobody_can_tax_has_no_quote() -> None:
    with pytest.raises(NotPossible, match="VAT ID"):
        quote(command(), offer(), parties(to=buyer(country="DE", vat_id="DE000000000")), NOON)


def test_a_key_that_was_kept_by_an_earlier_release_is_still_known() -> None:
    """As release 2 has computed it, over the command alone."""
    assert idempotency.fingerprint(command()) == "a1cd7383360e73509f9011fed09a9ecd2688864750fe24724fde68a2973baba6"


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_the_examples_are_of_the_models_that_they_explain(operation: Operation) -> None:
    for example in operation.examples:
        assert operation.answer is not None
        operation.answer.model_validate_json(json.dumps(example.answer), strict=True)
        if operation.body is not None:
            operation.body.parse(json.dumps(example.body).encode())


def test_no_order_shows_what_it_costs_us() -> None:
    assert not any("purchase" in name for name in OrderSummaryAnswer.model_fields)
    assert set(ShownState) >= {"RESERVED", "EMAILED", "CANCELLING", "CANCELLED"}
