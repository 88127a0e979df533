"""What takes messages from a queue: it is done with one before the queue hands it out again."""

from collections.abc import Iterator

from policies.dead_letters import FUNCTION, QUEUE, function_name
from policies.examples import sample
from policies.model import Resource, Stack
from policies.reading import number
from policies.registry import RULES

MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping"

_TIMES = 6
_DEFAULT_VISIBILITY, _DEFAULT_TIMEOUT = 30.0, 3.0
"""What AWS takes where nothing is said, in seconds."""


def _stack(visibility: object, timeout: object, function: str = "biller", queue: str = "orders") -> list[Resource]:
    return [
        sample(QUEUE, {"name": "orders", "visibilityTimeoutSeconds": visibility}, "orders"),
        sample(FUNCTION, {"name": "biller", "timeout": timeout}, "biller"),
        sample(MAPPING, {"eventSourceArn": f"arn:aws:sqs:eu-west-1:111122223333:{queue}", "functionName": function}),
    ]


@RULES.stack_rule(
    name="visibility-vs-timeout",
    types=(QUEUE, FUNCTION, MAPPING),
    why="Lambda tries a batch several times within one visibility; a message that becomes visible while its function "
    "still works on it is worked on twice, and reaches the dead-letter queue without having failed.",
    remedy="set visibilityTimeoutSeconds of the queue to 6 times the function's timeout, or the timeout lower.",
    source="AWS Lambda developer guide, using Lambda with SQS, configuring the queue",
    accepts=(
        _stack(60, 10),
        _stack(None, None),
        _stack(180.0, 30.0, "arn:aws:lambda:eu-west-1:111122223333:function:biller"),
        _stack(30, 900, queue="elsewhere"),
        _stack(30, 900, "other"),
        _stack(30, 900)[:2],
        _stack(30, 900, "arn:aws:lambda"),
    ),
    rejects={
        "queue 'orders' shows a message again after 30 s, less than 6 times the 10 s of the function 'biller'": _stack(
            None, 10
        ),
        "after 59 s": _stack(59, 10, "biller:live"),
        "the 900 s of the function 'biller'": _stack(
            60, "900", "arn:aws:lambda:eu-west-1:111122223333:function:biller:live"
        ),
    },
)
def done_before_it_is_shown_again(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Every queue that feeds a function hides a message for six times as long as the function may run."""
    queues = {queue.text("name"): queue for queue in stack.of_type(QUEUE)}
    functions = {function.text("name"): function for function in stack.of_type(FUNCTION)}
    for link in stack.of_type(MAPPING):
        queue = queues.get(link.text("eventSourceArn").rpartition(":")[2])
        function = functions.get(function_name(link.text("functionName")))
        if queue is None or function is None:
            continue
        hidden = _seconds(queue, "visibilityTimeoutSeconds", _DEFAULT_VISIBILITY)
        runs = _seconds(function, "timeout", _DEFAULT_TIMEOUT)
        if hidden < _TIMES * runs:
            wrong = f"shows a message again after {hidden:g} s, less than {_TIMES} times the {runs:g} s of the function"
            yield queue, f"queue {queue.name!r} {wrong} {function.name!r}"


def _seconds(resource: Resource, key: str, default: float) -> float:
    stated = resource.properties.get(key)
    return default if stated is None else number(stated) or 0.0
