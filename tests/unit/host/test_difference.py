"""What a provider says of changed inputs."""

import pytest

from local.host.difference import Difference, difference

QUEUE = "aws:sqs/queue:Queue"
POOL = "aws:cognito/userPool:UserPool"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
ROUTE = "aws:apigatewayv2/route:Route"


def test_equal_inputs_do_not_differ() -> None:
    inputs = {"name": "orders", "tags": {"owner": "shop"}}
    assert difference(QUEUE, inputs, dict(inputs)) == Difference((), (), delete_first=False)


@pytest.mark.parametrize(("old", "new"), [({"delaySeconds": 1}, {}), ({}, {"delaySeconds": 1})])
def test_a_property_that_comes_or_goes_is_a_change(old: dict[str, object], new: dict[str, object]) -> None:
    assert difference(QUEUE, old, new) == Difference(("delaySeconds",), (), delete_first=False)


@pytest.mark.parametrize(
    ("resource_type", "key", "delete_first"),
    [
        (QUEUE, "name", False),
        (QUEUE, "region", False),
        (QUEUE, "fifoQueue", True),
        (POOL, "name", False),
        (POOL, "usernameAttributes", True),
        (SUBSCRIPTION, "endpoint", False),
    ],
)
def test_what_cannot_change_is_replaced(resource_type: str, key: str, delete_first: bool) -> None:
    found = difference(resource_type, {key: "before", "tags": {}}, {key: "after", "tags": {"new": "tag"}})
    assert found == Difference(tuple(sorted((key, "tags"))), (key,), delete_first)


def test_what_is_only_recorded_changes_in_place() -> None:
    found = difference(ROUTE, {"routeKey": "GET /orders"}, {"routeKey": "GET /cases"})
    assert found == Difference(("routeKey",), (), delete_first=False)
