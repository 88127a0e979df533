from typing import Any
from uuid import uuid4

import pytest

from local.customer import Api, ApiError, Basket, place
from local.customer.api import Reply


class Refusing(Api):
    """An API that answers every order with the same problem document."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__("http://api.example", "token")
        self._problem = problem

    def post(self, path: str, document: object, *, idempotency_key: str) -> Reply:
        return Reply(self._problem["status"], self._problem, None)


def refusal(**problem: object) -> str:
    with pytest.raises(ApiError) as refused:
        place(Refusing(problem), Basket(uuid4(), uuid4(), 0), lambda _progress: None)
    return str(refused.value)


def test_a_refused_order_names_each_field_that_is_wrong() -> None:
    faults = [{"field": "amount", "message": "too small"}, {"field": "subscriptionId", "message": "no GUID"}]

    shown = refusal(status=400, title="Invalid request", detail="see 'errors' for each field", errors=faults)

    assert shown == "400: Invalid request: amount: too small; subscriptionId: no GUID"


def test_a_refusal_without_fields_is_told_in_its_own_words() -> None:
    assert refusal(status=404, title="Not found", detail="no such product") == "404: Not found: no such product"
