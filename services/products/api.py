"""The operations of the products service."""

from services.common.api import Example, ListQuery, Operation
from services.common.errors import Conflict, NotFound
from services.products.models import AnyProductAnswer, PriceHistoryAnswer, ProductsAnswer, ProductsQuery
from services.products.upkeep_models import (
    ExchangeRateAnswer,
    ExchangeRatesAnswer,
    MarginRuleAnswer,
    MarginRulesAnswer,
    NewExchangeRate,
    NewMarginRule,
    NewSynchronisation,
    SynchronisationAnswer,
    SynchronisationsAnswer,
)

_PRODUCT = {
    "id": "0b35a9f6-6f0e-5d0a-9c56-8a3f1f0c2d11",
    "ccpServiceItemId": "2786d9fb-aa4e-4778-8abb-11a546852728",
    "vendor": "Nimbus",
    "name": "Nimbus Office Business",
    "description": "The Office suite with desktop applications, team calls and 1 TB of storage per user.",
    "unit": "user/month",
    "available": True,
    "salesPrice": "13.81",
    "currency": "EUR",
}
_RULE = {
    "productId": None,
    "vendor": "Nimbus",
    "namePattern": "*Office*",
    "markupPercent": "18",
    "minimumMargin": "0.5",
    "belowPurchasePrice": False,
    "validFrom": "2026-12-01",
    "validUntil": None,
}
_OPERATOR = "5a0c8f5e-0f4f-4c2e-9a55-6f1f2f1f0c11"
_MADE = {"createdBy": _OPERATOR, "createdAt": "2026-11-22T12:00:00Z"}
_RATE = {
    "base": "EUR",
    "quote": "SGD",
    "rate": "1.5021",
    "validFrom": "2026-11-23",
    "source": "ECB euro reference rates of 20 November 2026",
}
_RUN = {
    "id": "3f2b4e0a-2a50-4d51-8d2b-9e7f6a5b4c3d",
    "state": "WAITING",
    "askedBy": _OPERATOR,
    "acceptWithdrawals": False,
    "createdAt": "2026-11-22T12:00:00Z",
    "startedAt": None,
    "finishedAt": None,
    "reason": None,
    "listed": None,
    "counts": {},
    "changes": [],
}

LIST_PRODUCTS = Operation(
    method="GET",
    path="/products",
    name="listProducts",
    summary="Search the catalogue",
    description="Customers see what they can order, at their price; staff see everything, and what it costs us.",
    query=ProductsQuery,
    answer=ProductsAnswer,
    examples=(Example("A page of one product", {"products": [_PRODUCT], "next": None}),),
)
GET_PRODUCT = Operation(
    method="GET",
    path="/products/{id}",
    name="getProduct",
    summary="Read a product",
    description="Also one that cannot be ordered any more.",
    answer=AnyProductAnswer,
    examples=(Example("A product that can be ordered", _PRODUCT),),
)
LIST_PRICES = Operation(
    method="GET",
    path="/products/{id}/prices",
    name="listPrices",
    summary="Read what a product has cost over time",
    description="Customers see the sales prices in their currency. An order keeps the price it was made at.",
    query=ListQuery,
    answer=PriceHistoryAnswer,
    examples=(
        Example(
            "A price that has gone up once",
            {
                "prices": [
                    {"kind": "SALES", "price": "13.81", "currency": "EUR", "validFrom": "2026-11-01T00:00:12.5Z"},
                    {"kind": "SALES", "price": "12.98", "currency": "EUR", "validFrom": "2025-11-01T00:00:11.5Z"},
                ],
                "next": None,
            },
        ),
    ),
)
LIST_RULES = Operation(
    method="GET",
    path="/catalogue/margin-rules",
    name="listMarginRules",
    summary="List the margin rules",
    description="Of the rules that match a product the most specific one holds: for the product, for a pattern of "
    "names with a vendor, for a pattern, for a vendor, for all; of two alike the one that began later.",
    query=ListQuery,
    answer=MarginRulesAnswer,
    examples=(Example("One rule", {"marginRules": [{"id": _RUN["id"], **_RULE, **_MADE}], "next": None}),),
)
CREATE_RULE = Operation(
    method="POST",
    path="/catalogue/margin-rules",
    name="createMarginRule",
    summary="Add a margin rule",
    description="Prices follow at once. A price is never below what the CCP charges unless its rule says so.",
    body=NewMarginRule,
    answer=MarginRuleAnswer,
    status=201,
    key=True,
    examples=(Example("18 % on a vendor's office suites", {"id": _RUN["id"], **_RULE, **_MADE}, body=_RULE),),
)
DELETE_RULE = Operation(
    method="DELETE",
    path="/catalogue/margin-rules/{id}",
    name="deleteMarginRule",
    summary="End a margin rule",
    description="What no other rule matches keeps its price for as long as that covers what the CCP charges.",
    status=204,
    problems=(NotFound,),
    key=True,
)
LIST_RATES = Operation(
    method="GET",
    path="/catalogue/exchange-rates",
    name="listExchangeRates",
    summary="List the exchange rates",
    query=ListQuery,
    answer=ExchangeRatesAnswer,
    examples=(Example("One rate", {"exchangeRates": [{"id": _RUN["id"], **_RATE, **_MADE}], "next": None}),),
)
CREATE_RATE = Operation(
    method="POST",
    path="/catalogue/exchange-rates",
    name="createExchangeRate",
    summary="Tell an exchange rate",
    description="It holds from its first day until a later one does. Prices follow at once, or on that day.",
    body=NewExchangeRate,
    answer=ExchangeRateAnswer,
    status=201,
    key=True,
    examples=(Example("Euro to Singapore dollar", {"id": _RUN["id"], **_RATE, **_MADE}, body=_RATE),),
)
LIST_RUNS = Operation(
    method="GET",
    path="/catalogue/synchronisations",
    name="listSynchronisations",
    summary="List the synchronisations with the CCP's catalogue",
    query=ListQuery,
    answer=SynchronisationsAnswer,
    examples=(Example("One that waits", {"synchronisations": [_RUN], "next": None}),),
)
ASK_FOR_RUN = Operation(
    method="POST",
    path="/catalogue/synchronisations",
    name="synchroniseCatalogue",
    summary="Have the catalogue synchronised now",
    description="Begun within seconds; the list shows what came of it. Products that the CCP does not list are "
    "withdrawn from sale, unless they are more than half of the catalogue: then a person has to accept it.",
    body=NewSynchronisation,
    answer=SynchronisationAnswer,
    status=202,
    problems=(Conflict,),
    key=True,
    examples=(Example("As a matter of course", _RUN, body={"acceptWithdrawals": False}),),
)

OPERATIONS = (
    LIST_PRODUCTS,
    GET_PRODUCT,
    LIST_PRICES,
    LIST_RULES,
    CREATE_RULE,
    DELETE_RULE,
    LIST_RATES,
    CREATE_RATE,
    LIST_RUNS,
    ASK_FOR_RUN,
)
