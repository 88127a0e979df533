"""Dead-letter queues take only what the queues that they are for have given up."""

from collections.abc import Iterator

from policies.dead_letters import QUEUE
from policies.examples import sample
from policies.model import Resource
from policies.reading import document, listed
from policies.registry import RULES

ALLOW = "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy"

_SOURCE = "arn:aws:sqs:eu-west-1:111122223333:orders"


@RULES.resource_rule(
    name="dlq-closed",
    types=(ALLOW, QUEUE),
    why="Any queue of the account may otherwise redrive into a dead-letter queue: its alarm then tells of messages "
    "that nobody on call can place, and putting them back sends them to the wrong service.",
    remedy="set redrivePermission byQueue with sourceQueueArns (infra.queue), or denyAll.",
    source="AWS SQS API reference, RedriveAllowPolicy; this project's design",
    accepts=(
        sample(ALLOW, {"redriveAllowPolicy": {"redrivePermission": "byQueue", "sourceQueueArns": [_SOURCE]}}),
        sample(ALLOW, {"redriveAllowPolicy": '{"redrivePermission": "denyAll"}'}),
        sample(QUEUE, {"name": "orders"}),
    ),
    rejects={
        "'orders' lets every queue redrive into it": sample(
            ALLOW, {"redriveAllowPolicy": '{"redrivePermission": "allowAll"}'}, "orders"
        ),
        "lets every queue redrive": sample(ALLOW, {"redriveAllowPolicy": "{"}),
        "'example' lets every queue": sample(ALLOW, {}),
        "'orders' names no queue": sample(ALLOW, {"redriveAllowPolicy": {"redrivePermission": "byQueue"}}, "orders"),
        "'inline' lets every queue redrive into it": sample(
            QUEUE, {"redriveAllowPolicy": '{"redrivePermission": "allowAll"}'}, "inline"
        ),
    },
)
def only_its_own_queues(holder: Resource) -> Iterator[str]:
    """A policy about redriving names the queues that may."""
    stated = holder.properties.get("redriveAllowPolicy")
    if holder.type == QUEUE and not stated:
        return
    policy = document(stated)
    if policy.get("redrivePermission") not in ("byQueue", "denyAll"):
        yield f"{holder.name!r} lets every queue redrive into it"
    elif policy.get("redrivePermission") == "byQueue" and not listed(policy.get("sourceQueueArns")):
        yield f"{holder.name!r} names no queue that may redrive into it"
