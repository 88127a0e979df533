"""The products service's borders: what operators may ask for, and what customers cannot be told."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.common.api import Operation
from services.common.errors import InvalidRequest
from services.products.api import OPERATIONS
from services.products.models import PriceChangeAnswer, ProductAnswer
from services.products.search import MOST_WORDS, prefixes
from services.products.upkeep_models import NewExchangeRate, NewMarginRule

RULE: dict[str, Any] = {"markupPercent": "18", "validFrom": "2026-12-01"}
RATE: dict[str, Any] = {
    "base": "EUR",
    "quote": "SGD",
    "rate": "1.5021",
    "validFrom": "2026-12-01",
    "source": "ECB",
}

BAD_RULES: dict[str, dict[str, object]] = {
    "a markup as a number": {"markupPercent": 18},
    "a markup beyond its range": {"markupPercent": "1000.001"},
    "a negative markup that is not meant": {"markupPercent": "-1"},
    "less than nothing": {"markupPercent": "-100.001", "belowPurchasePrice": True},
    "a minimum for a price below": {"belowPurchasePrice": True, "minimumMargin": "1"},
    "a product and a vendor": {"productId": "2786d9fb-aa4e-4778-8abb-11a546852728", "vendor": "Nimbus"},
    "an end before its beginning": {"validUntil": "2026-11-30"},
    "a moment for a day": {"validFrom": "2026-12-01T10:00:00Z"},
    "an empty pattern": {"namePattern": ""},
}


@pytest.mark.parametrize("name", BAD_RULES)
def test_a_margin_rule_that_makes_no_sense_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest):
        NewMarginRule.parse(json.dumps(RULE | BAD_RULES[name]).encode())


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"markupPercent": "-15.5", "belowPurchasePrice": True},
        {"vendor": "Nimbus", "namePattern": "*Office*", "minimumMargin": "0.50", "validUntil": "2026-12-01"},
        {"productId": "2786d9fb-aa4e-4778-8abb-11a546852728"},
    ],
)
def test_a_margin_rule_that_makes_sense_is_taken(changes: dict[str, object]) -> None:
    NewMarginRule.parse(json.dumps(RULE | changes).encode())


BAD_RATES: dict[str, dict[str, object]] = {
    "a rate of nothing": {"rate": "0.00"},
    "a negative rate": {"rate": "-1"},
    "a rate as a number": {"rate": 1.5},
    "a currency for itself": {"quote": "EUR"},
    "a currency that there is not": {"quote": "XYZ"},
    "nobody who says so": {"source": " "},
}


@pytest.mark.parametrize("name", BAD_RATES)
def test_an_exchange_rate_that_makes_no_sense_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest):
        NewExchangeRate.parse(json.dumps(RATE | BAD_RATES[name]).encode())


def test_what_customers_are_answered_has_no_room_for_what_things_cost_us() -> None:
    for model in (ProductAnswer, PriceChangeAnswer):
        assert not any(word in name for name in model.model_fields for word in ("purchase", "margin", "cost"))
        assert model.model_config["extra"] == "forbid"
    with pytest.raises(ValidationError):
        PriceChangeAnswer.model_validate(
            {"kind": "PURCHASE", "price": "1.00", "currency": "EUR", "validFrom": "2026-12-01T00:00:00Z"}
        )


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_the_examples_are_of_the_models_that_they_explain(operation: Operation) -> None:
    for example in operation.examples:
        assert operation.answer is not None
        operation.answer.model_validate_json(json.dumps(example.answer), strict=True)
        if operation.body is not None:
            operation.body.parse(json.dumps(example.body).encode())


@given(st.text(max_size=100))
def test_whatever_is_typed_searches_for_words_alone(typed: str) -> None:
    made = prefixes(typed)
    words = [part.removeprefix("'").removesuffix("':*") for part in made.split(" & ")] if made else []
    assert len(words) <= MOST_WORDS
    assert all(character.isalnum() or character == "_" for word in words for character in word)
