"""Which queues are dead-letter queues: AWS has no such kind of queue, only others that point at it."""

from collections.abc import Mapping
from typing import Any

from policies.model import Resource, Stack
from policies.reading import document, mapping

QUEUE = "aws:sqs/queue:Queue"
FUNCTION = "aws:lambda/function:Function"
INVOCATION = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"
SCHEDULE = "aws:scheduler/schedule:Schedule"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"

SENDERS = (QUEUE, FUNCTION, INVOCATION, SCHEDULE, SUBSCRIPTION)
"""What can hand over what failed."""


def redrive(sender: Resource) -> Mapping[str, Any]:
    """The redrive policy of a queue or of a subscription; empty when it has none."""
    return document(sender.properties.get("redrivePolicy"))


def target_of(sender: Resource) -> str:
    """The name of the queue to which the sender hands over what failed; empty when there is none."""
    properties = sender.properties
    if sender.type == FUNCTION:
        arn = mapping(properties.get("deadLetterConfig")).get("targetArn")
    elif sender.type == INVOCATION:
        arn = mapping(mapping(properties.get("destinationConfig")).get("onFailure")).get("destination")
    elif sender.type == SCHEDULE:
        arn = mapping(mapping(properties.get("target")).get("deadLetterConfig")).get("arn")
    else:
        arn = redrive(sender).get("deadLetterTargetArn")
    kind, _, name = str(arn or "").rpartition(":")
    return name if kind or sender.type in (QUEUE, SUBSCRIPTION) else ""


def dead_letter_names(stack: Stack) -> set[str]:
    """The names of all queues to which another resource of the stack hands over what failed."""
    own = {queue.text("name"): target_of(queue) for queue in stack.of_type(QUEUE)}
    others = {target_of(sender) for sender in stack.of_type(*SENDERS) if sender.type != QUEUE}
    return (others | {target for name, target in own.items() if target != name}) - {""}


def function_name(stated: str) -> str:
    """The name of a function within its name or its ARN, with or without an alias; empty when it is another's ARN."""
    return (stated.split(":") + [""] * 7)[6] if stated.startswith("arn:") else stated.partition(":")[0]
