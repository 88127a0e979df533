"""SQS queues: encrypted, and none loses a message that cannot be processed."""

import json
from collections.abc import Iterator
from typing import Any

from policies.dead_letters import FUNCTION, INVOCATION, QUEUE, SCHEDULE, SENDERS, dead_letter_names, redrive, target_of
from policies.examples import sample
from policies.model import Resource, Stack
from policies.places import is_own_key, place_of
from policies.reading import number
from policies.registry import RULES

_DAY = 86_400
_LONGEST_RETENTION = 14 * _DAY
_DEFAULT_RETENTION = 4 * _DAY
_DEAD_LETTERS = "arn:aws:sqs:eu-west-1:111122223333:orders-dlq"


def _queue(target: str | None = "orders-dlq", tries: object = 5, retention: int | None = None) -> Resource:
    properties: dict[str, Any] = {"name": "orders", "messageRetentionSeconds": retention}
    if target is not None:
        arn = f"arn:aws:sqs:eu-west-1:111122223333:{target}"
        properties["redrivePolicy"] = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": tries})
    return sample(QUEUE, properties, "orders")


def _dead_letters(retention: int | None = _LONGEST_RETENTION) -> Resource:
    return sample(QUEUE, {"name": "orders-dlq", "messageRetentionSeconds": retention}, "orders-dlq")


def _function() -> Resource:
    return sample(FUNCTION, {"name": "sun", "deadLetterConfig": {"targetArn": _DEAD_LETTERS}}, "sun")


def _schedule() -> Resource:
    return sample(SCHEDULE, {"name": "sun", "target": {"deadLetterConfig": {"arn": _DEAD_LETTERS}}}, "sun")


def _retention(queue: Resource) -> float:
    stated = queue.properties.get("messageRetentionSeconds")
    return _DEFAULT_RETENTION if stated is None else number(stated) or 0.0


@RULES.resource_rule(
    name="sqs-encrypted",
    types=(QUEUE,),
    why="A queue left unencrypted keeps its messages readable on disk for days.",
    remedy="set sqsManagedSseEnabled true, or kmsMasterKeyId to a key of our own.",
    source="CKV_AWS_27, CKV2_AWS_73",
    accepts=(sample(QUEUE, {"sqsManagedSseEnabled": True}), sample(QUEUE, {"kmsMasterKeyId": "alias/queues"})),
    rejects={
        "'silent' states no encryption": sample(QUEUE, {}, "silent"),
        "'its' is encrypted under a key that is not ours": sample(QUEUE, {"kmsMasterKeyId": "alias/aws/sqs"}, "its"),
        "'off' states no encryption": sample(QUEUE, {"sqsManagedSseEnabled": False}, "off"),
    },
)
def encrypted(queue: Resource) -> Iterator[str]:
    """The queue encrypts at rest, by its own statement and not by an account's default."""
    if queue.properties.get("sqsManagedSseEnabled") is True:
        return
    key = queue.text("kmsMasterKeyId")
    if not key:
        yield f"queue {queue.name!r} states no encryption"
    elif not is_own_key(key, place_of(queue)):
        yield f"queue {queue.name!r} is encrypted under a key that is not ours"


@RULES.stack_rule(
    name="queue-has-dlq",
    types=SENDERS,
    why="Without one, a message that always fails comes back until it expires, and an order is lost without a trace; "
    "fewer than 3 tries give up at the first hiccup, more than 10 hold others up.",
    remedy="set redrivePolicy with the deadLetterTargetArn of a queue of the same stack and maxReceiveCount 3 to 10.",
    source="reliability design; AWS SQS developer guide, dead-letter queues",
    accepts=(
        [_queue(), _dead_letters()],
        [_queue(tries="3"), _dead_letters()],
        [_function(), _dead_letters()],
        [_schedule(), _dead_letters()],
        [sample(INVOCATION, {"destinationConfig": {"onFailure": {"destination": _DEAD_LETTERS}}}), _dead_letters()],
    ),
    rejects={
        "'orders' has no dead-letter queue": [_queue(target=None), _function()],
        "has no dead-letter queue": [_queue(target=None)],
        "'orders-dlq' has no dead-letter queue": [_queue(target=None), _dead_letters()],
        "'elsewhere', which is not a queue of this stack": [_queue(target="elsewhere"), _dead_letters()],
        "gives up after 2": [_queue(tries=2), _dead_letters()],
        "gives up after 11": [_queue(tries=11), _dead_letters()],
        "gives up after None": [_queue(tries=None), _dead_letters()],
        "is its own dead-letter queue": [_queue(target="orders")],
    },
)
def failed_messages_are_kept(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Every queue that is not itself a dead-letter queue hands failed messages to one of the stack."""
    queues = list(stack.of_type(QUEUE))
    names = {queue.text("name") for queue in queues}
    dead_letters = dead_letter_names(stack)
    for queue in queues:
        target = target_of(queue)
        if target and target == queue.text("name"):
            yield queue, f"queue {queue.name!r} is its own dead-letter queue"
        elif target and target not in names:
            yield queue, f"queue {queue.name!r} redrives to {target!r}, which is not a queue of this stack"
        elif target:
            tries = redrive(queue).get("maxReceiveCount")
            if not _reasonable(tries):
                yield queue, f"queue {queue.name!r} gives up after {tries!r} receives"
        elif queue.text("name") not in dead_letters:
            yield queue, f"queue {queue.name!r} has no dead-letter queue"


def _reasonable(tries: object) -> bool:
    count = number(tries)
    return count is not None and 3 <= count <= 10


@RULES.stack_rule(
    name="dlq-retention",
    types=SENDERS,
    why="A message keeps the age it had in its queue: a dead-letter queue that keeps it no longer can drop it before "
    "anybody on call has seen it.",
    remedy="set messageRetentionSeconds of the dead-letter queue to 1209600 (14 days) and of the queue to less.",
    source="AWS SQS developer guide, message retention of dead-letter queues",
    accepts=([_queue(), _dead_letters()], [_queue(retention=_DAY), _dead_letters()], [_function(), _dead_letters()]),
    rejects={
        "keeps messages for 1 days, not 14": [_function(), _dead_letters(_DAY)],
        "keeps messages for 4 days, not 14": [_queue(), _dead_letters(None)],
        "keeps messages for 13 days, not 14": [_queue(), _dead_letters(13 * _DAY)],
        "keeps no longer than its source 'orders'": [_queue(retention=_LONGEST_RETENTION), _dead_letters()],
    },
)
def dead_letters_outlast_their_queue(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Every dead-letter queue keeps messages for 14 days, and longer than the queues it serves."""
    queues, names = list(stack.of_type(QUEUE)), dead_letter_names(stack)
    for dead_letters in (queue for queue in queues if queue.text("name") in names):
        sources = [queue for queue in queues if target_of(queue) == dead_letters.text("name")]
        kept = _retention(dead_letters)
        if kept < _LONGEST_RETENTION:
            yield (
                dead_letters,
                f"dead-letter queue {dead_letters.name!r} keeps messages for {kept / _DAY:g} days, not 14",
            )
        for source in sources:
            if _retention(source) >= kept:
                yield (
                    dead_letters,
                    f"dead-letter queue {dead_letters.name!r} keeps no longer than its source {source.name!r}",
                )
