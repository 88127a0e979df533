"""Functions that a schedule starts: one at a time, and none fails unheard."""

from collections.abc import Iterator

from policies.dead_letters import FUNCTION, INVOCATION, SCHEDULE, function_name, target_of
from policies.examples import sample
from policies.model import Resource, Stack
from policies.reading import mapping, number
from policies.registry import RULES

_FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:sun"
_LETTERS = {"targetArn": "arn:aws:sqs:eu-west-1:111122223333:sun-dlq"}


def _function(concurrency: object = 1, letters: object = _LETTERS) -> Resource:
    stated = {"name": "sun", "reservedConcurrentExecutions": concurrency, "deadLetterConfig": letters}
    return sample(FUNCTION, stated, "sun")


def _schedule(target: str = _FUNCTION) -> Resource:
    return sample(SCHEDULE, {"name": "every-minute", "target": {"arn": target}}, "every-minute")


def _on_failure(function: str = "sun") -> Resource:
    destination = {"onFailure": {"destination": _LETTERS["targetArn"]}}
    return sample(INVOCATION, {"functionName": function, "destinationConfig": destination})


@RULES.stack_rule(
    name="controller-single",
    types=(FUNCTION, INVOCATION, SCHEDULE),
    why="A controller that runs twice at a time decides twice about weights and writer, and undoes what its twin did; "
    "and what a schedule starts fails without anybody who waits for an answer.",
    remedy="set reservedConcurrentExecutions 1 and deadLetterConfig.targetArn, or a FunctionEventInvokeConfig with "
    "destinationConfig.onFailure (infra.function).",
    source="CKV_AWS_115, CKV_AWS_116; AWS Lambda developer guide, reserved concurrency; this project's design",
    accepts=(
        [_function(), _schedule()],
        [_function(1.0, None), _schedule(f"{_FUNCTION}:live"), _on_failure()],
        [_function(None, None), _schedule("arn:aws:lambda:eu-west-1:111122223333:function:moon")],
        [_function(None, None)],
    ),
    rejects={
        "function 'sun' may run several times at once": [_function(None), _schedule()],
        "'sun' may run several times": [_function(2), _schedule()],
        "function 'sun' is never run": [_function(0), _schedule()],
        "function 'sun' fails unheard": [_function(letters=None), _schedule()],
        "fails unheard": [_function(letters={"targetArn": "sun-dlq"}), _schedule()],
        "'sun' fails unheard": [_function(letters={}), _schedule(), _on_failure("moon")],
    },
)
def one_at_a_time(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Every function that a schedule starts runs alone, and what it could not do is kept."""
    started = {
        function_name(str(mapping(one.properties.get("target")).get("arn") or "")) for one in stack.of_type(SCHEDULE)
    }
    heard = {function_name(one.text("functionName")) for one in stack.of_type(INVOCATION) if target_of(one)}
    for function in stack.of_type(FUNCTION):
        if function.text("name") not in started - {""}:
            continue
        concurrency = number(function.properties.get("reservedConcurrentExecutions"))
        if concurrency == 0:
            yield function, f"function {function.name!r} is never run: it has no concurrency"
        elif concurrency != 1:
            yield function, f"function {function.name!r} may run several times at once"
        if not target_of(function) and function.text("name") not in heard:
            yield function, f"function {function.name!r} fails unheard"
