"""The budget: somebody is told before the money is gone."""

from collections.abc import Iterator
from typing import Any

from policies.examples import sample
from policies.model import Resource, Stack
from policies.reading import listed, mapping
from policies.registry import RULES
from policies.rules.aurora import GLOBAL_CLUSTER

BUDGET = "aws:budgets/budget:Budget"

_ADDRESSES = ("subscriberEmailAddresses", "subscriberSnsTopicArns")
_SHARED = sample(GLOBAL_CLUSTER, {}, "cloud-sales")


def _notice(kind: str, **changed: Any) -> dict[str, Any]:
    told = {"subscriberEmailAddresses": ["money@shop.example"]}
    return {"notificationType": kind, "comparisonOperator": "GREATER_THAN", "threshold": 80, **told} | changed


def _budget(*notices: object, **changed: Any) -> Resource:
    stated = {"budgetType": "COST", "timeUnit": "MONTHLY", "limitAmount": "4000", "notifications": list(notices)}
    return sample(BUDGET, stated | changed, "all")


_BOTH = (_notice("ACTUAL"), _notice("FORECASTED"))


@RULES.stack_rule(
    name="budget-exists",
    types=(GLOBAL_CLUSTER, BUDGET),
    why="What runs away is seen on the invoice, a month later; a forecast says so within days.",
    remedy="declare an aws.budgets.Budget of type COST for a MONTH beside what exists once (infra.budget), with a "
    "notification of ACTUAL and one of FORECASTED costs, each with somebody who is told.",
    source="this project's design, rule 48; AWS Well-Architected, COST02-BP05",
    accepts=([_SHARED, _budget(*_BOTH)], [], [_budget(*(one | {"threshold": 100.0} for one in _BOTH))]),
    rejects={
        "beside 'cloud-sales' stands no budget": [_SHARED],
        "'cloud-sales' stands no budget": [_SHARED, _budget(*_BOTH, budgetType="USAGE")],
        "budget 'all' says nothing of costs that are forecast": [_SHARED, _budget(_notice("ACTUAL"))],
        "says nothing of costs that are incurred": [_SHARED, _budget(_notice("FORECASTED"))],
        "of costs that are incurred": [
            _budget(_notice("ACTUAL", subscriberEmailAddresses=[]), _notice("FORECASTED")),
        ],
        "budget 'all' says nothing": [_SHARED, _budget()],
        "budget 'all' is not for a month": [_SHARED, _budget(*_BOTH, timeUnit="ANNUALLY")],
    },
)
def somebody_is_told(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """What exists once has a monthly budget beside it, and a budget tells somebody of both kinds of costs."""
    budgets = [budget for budget in stack.of_type(BUDGET) if budget.properties.get("budgetType") == "COST"]
    if not budgets:
        for shared in stack.of_type(GLOBAL_CLUSTER):
            yield shared, f"beside {shared.name!r} stands no budget of costs"
    for budget in budgets:
        if budget.properties.get("timeUnit") != "MONTHLY":
            yield budget, f"budget {budget.name!r} is not for a month"
        notices = [mapping(notice) for notice in listed(budget.properties.get("notifications"))]
        told = {one.get("notificationType") for one in notices if any(listed(one.get(way)) for way in _ADDRESSES)}
        for kind, words in (("ACTUAL", "incurred"), ("FORECASTED", "forecast")):
            if kind not in told:
                yield budget, f"budget {budget.name!r} says nothing of costs that are {words}"
