"""Dead-letter queues are watched: what nobody hears of waits there until it is dropped."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from re import findall
from typing import Any

from policies.dead_letters import FUNCTION, QUEUE, SENDERS, dead_letter_names
from policies.examples import sample
from policies.model import Resource, Stack
from policies.reading import listed, mapping
from policies.registry import RULES

MONITOR = "datadog:index/monitor:Monitor"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"

_COUNTS = {
    "ApproximateNumberOfMessagesVisible",
    "ApproximateAgeOfOldestMessage",
    "aws.sqs.approximate_number_of_messages_visible",
    "aws.sqs.approximate_age_of_oldest_message",
}
"""What tells that a queue is not empty; messages in flight or sent do not, for nothing is sent to such a queue."""

_DEAD_LETTERS = "arn:aws:sqs:eu-west-1:111122223333:orders-dlq"


def _queues() -> list[Resource]:
    redrive = {"deadLetterTargetArn": _DEAD_LETTERS, "maxReceiveCount": 5}
    return [
        sample(QUEUE, {"name": "orders", "redrivePolicy": redrive}, "orders"),
        sample(QUEUE, {"name": "orders-dlq"}, "orders-dlq"),
    ]


def _monitor(scope: str, metric: str = "approximate_number_of_messages_visible") -> Resource:
    query = f"max(last_5m):max:aws.sqs.{metric}{{{scope}}} > 0"
    return sample(MONITOR, {"name": "dead letters", "type": "query alert", "query": query, "message": "look"})


def _alarm(queue: object = "orders-dlq", **changed: Any) -> Resource:
    stated = {"metricName": "ApproximateNumberOfMessagesVisible", "dimensions": {"QueueName": queue}}
    return sample(ALARM, {**stated, "alarmActions": ["arn:aws:sns:eu-west-1:111122223333:page"], **changed})


def _metrics(queue: str) -> list[dict[str, Any]]:
    metric = {"metricName": "ApproximateNumberOfMessagesVisible", "dimensions": {"QueueName": queue}}
    return [{"id": "e", "expression": "m / 2"}, {"id": "m", "metric": metric}]


@RULES.stack_rule(
    name="dlq-alarm",
    types=(*SENDERS, MONITOR, ALARM),
    why="A message in a dead-letter queue is an order that stands still; without an alarm nobody knows of it before "
    "the customer calls, and after 14 days it is gone.",
    remedy="declare, in the same stack, a Datadog monitor whose query takes "
    "aws.sqs.approximate_number_of_messages_visible of the queue's name, or a CloudWatch MetricAlarm on "
    "ApproximateNumberOfMessagesVisible with the dimension QueueName and alarmActions.",
    source="AWS SQS developer guide, CloudWatch alarms for dead-letter queues; reliability design, 13",
    accepts=(
        [*_queues(), _monitor("region:eu-west-1,queuename:orders-dlq")],
        [*_queues(), _monitor("queuename:*-dlq} by {queuename")],
        [*_queues(), _monitor("region:eu-west-1 AND queuename IN (bills-dlq, orders-dlq)")],
        [*_queues(), _monitor("queuename:orders-dlq", "approximate_age_of_oldest_message")],
        [*_queues(), _alarm()],
        [*_queues(), _alarm(metricName=None, dimensions=None, metricQueries=_metrics("orders-dlq"))],
        [sample(QUEUE, {"name": "orders"}, "orders")],
    ),
    rejects={
        "nothing watches the dead-letter queue 'orders-dlq'": _queues(),
        "queue 'orders-dlq'": [*_queues(), _monitor("queuename:orders")],
        "the dead-letter queue 'orders-dlq'": [*_queues(), _monitor("queuename:orders-dlq-2")],
        "dead-letter queue 'orders-dlq'": [*_queues(), _monitor("!queuename:orders-dlq")],
        "watches the dead-letter queue 'orders-dlq'": [
            *_queues(),
            _monitor("queuename:orders-dlq", "number_of_messages_sent"),
        ],
        "nothing watches the dead-letter queue": [*_queues(), _alarm("orders")],
        "nothing watches": [*_queues(), _alarm(metricName="NumberOfMessagesSent")],
        "nothing watches the": [*_queues(), _alarm(dimensions=None), _alarm(actionsEnabled=False)],
        "nothing watches the dead": [*_queues(), _alarm(alarmActions=[])],
        "nothing watches the dead-letter queue 'failed'": [
            sample(FUNCTION, {"deadLetterConfig": {"targetArn": _DEAD_LETTERS.replace("orders-dlq", "failed")}}),
            sample(QUEUE, {"name": "failed"}, "failed"),
        ],
        "'orders-dlq'": [*_queues(), sample(MONITOR, {"query": None})],
    },
)
def dead_letters_are_heard_of(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Every dead-letter queue is named by a monitor or an alarm that counts what lies in it."""
    names = dead_letter_names(stack)
    queues = [queue for queue in stack.of_type(QUEUE) if queue.text("name") in names]
    # Not asked for in vain: during a preview a query may not be known yet.
    watched = list(_watched(stack)) if queues else []
    for queue in queues:
        if not any(fnmatchcase(queue.text("name"), pattern) for pattern in watched):
            yield queue, f"nothing watches the dead-letter queue {queue.name!r}"


def _watched(stack: Stack) -> Iterator[str]:
    """The names of queues, or patterns of names, of which somebody is told when they are not empty."""
    for monitor in stack.of_type(MONITOR):
        for metric, scope in findall(r"([\w.]+)\{([^}]*)\}", monitor.text("query")):
            if metric in _COUNTS:
                yield from findall(r"(?<![\w!-])queuename:([\w*.-]+)", scope)
                for names in findall(r"(?<![\w!-])queuename IN \(([^)]*)\)", scope):
                    yield from (name.strip() for name in names.split(","))
    for alarm in stack.of_type(ALARM):
        told = listed(alarm.properties.get("alarmActions"))
        if told and alarm.properties.get("actionsEnabled") is not False:
            queries = [mapping(mapping(one).get("metric")) for one in listed(alarm.properties.get("metricQueries"))]
            for metric in (alarm.properties, *queries):
                if metric.get("metricName") in _COUNTS:
                    yield str(mapping(metric.get("dimensions")).get("QueueName") or "")
