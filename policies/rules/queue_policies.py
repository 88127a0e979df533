"""Who may put messages on a queue or a topic: whoever can, writes orders, events and mails of ours."""

from collections.abc import Iterator, Mapping
from re import match
from typing import Any

from policies.conditions import bound
from policies.dead_letters import QUEUE
from policies.examples import sample
from policies.model import Resource
from policies.reading import listed, mapping, stated_in, statements
from policies.registry import RULES

QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy"
TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy"
TOPIC = "aws:sns/topic:Topic"

_ON_BEHALF = frozenset(
    {"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:principalorgid", "aws:principalarn"}
)
"""The condition keys that tie a request to resources or principals of our own; AWS does not mind their case."""

_TOPIC = "arn:aws:sns:eu-west-1:111122223333:events"


def _policy(kind: str = QUEUE_POLICY, **changed: Any) -> Resource:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": ["sqs:SendMessage"],
        "Resource": "arn:aws:sqs:eu-west-1:111122223333:events",
        "Condition": {"ArnEquals": {"aws:SourceArn": _TOPIC}},
    }
    return sample(kind, {"policy": {"Version": "2012-10-17", "Statement": [statement | changed]}}, "events")


@RULES.resource_rule(
    name="queue-policy-tight",
    types=(QUEUE_POLICY, TOPIC_POLICY, QUEUE, TOPIC),
    why="Whoever may send to a queue decides what the next step does, and a service that acts for all accounts sends "
    "what a stranger's topic tells it to, unless the policy names the source.",
    remedy="name the principal and each action, and for a service add the condition ArnEquals aws:SourceArn or "
    "StringEquals aws:SourceAccount (infra.queue, infra.topic).",
    source="CKV_AWS_72, CKV_AWS_168, CKV_AWS_169, CKV_AWS_387; IAM user guide, the confused deputy problem",
    accepts=(
        _policy(),
        _policy(TOPIC_POLICY, Action="sns:Publish", Condition={"StringEquals": {"AWS:SourceAccount": "111122223333"}}),
        _policy(Principal="*", Condition={"ArnLike": {"aws:SourceArn": [_TOPIC]}}),
        _policy(Principal={"AWS": "arn:aws:iam::111122223333:role/relay"}, Condition=None),
        _policy(Effect="Deny", Principal="*", Action="sqs:*", Condition=None),
        sample(QUEUE, {"name": "orders"}),
        sample(TOPIC, {"name": "events"}),
    ),
    rejects={
        "QueuePolicy 'events' lets everybody in": _policy(Principal="*", Condition=None),
        "'events' lets everybody in": _policy(
            Principal={"AWS": ["*"]}, Condition={"Bool": {"aws:SecureTransport": "true"}}
        ),
        "lets everybody in": _policy(Principal={"AWS": "*"}, Condition={"ArnLike": {"aws:SourceArn": "*"}}),
        "'events' lets everybody": _policy(
            Principal="*", Condition={"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}}
        ),
        "lets everybody but a list in": _policy(Principal=None, NotPrincipal={"AWS": _TOPIC}),
        "QueuePolicy 'events' lets sns.amazonaws.com act for any account": _policy(Condition=None),
        "lets events.amazonaws.com act for any": _policy(
            Principal={"Service": ["events.amazonaws.com"]},
            Condition={"StringNotEquals": {"aws:SourceAccount": "111122223333"}},
        ),
        "'events' allows the action 'sqs:*'": _policy(Action="sqs:*"),
        "allows the action '*'": _policy(Action=["sqs:SendMessage", "*"]),
        "TopicPolicy 'events' allows the action 'SNS:*'": _policy(TOPIC_POLICY, Action="SNS:*"),
        "allows every action but a list": _policy(Action=None, NotAction="sqs:DeleteQueue"),
        "QueuePolicy 'events' has a statement that neither allows nor denies": _policy(Effect="allow"),
        "'events' has a statement about nobody": _policy(Principal=None),
        "'events' has a statement about nothing that is done": _policy(Action=[]),
        "has a statement about what is done elsewhere": _policy(Action="s3:PutObject"),
        "lets the service '*' in": _policy(Principal={"Service": "*"}),
        "sns.amazonaws.com act for any account": _policy(Condition={"ArnEquals": {"aws:SourceArn": "events"}}),
        "QueuePolicy 'torn' holds no readable policy": sample(QUEUE_POLICY, {"policy": "{"}, "torn"),
        "QueuePolicy 'empty' holds no readable policy": sample(QUEUE_POLICY, {}, "empty"),
        "Queue 'events' lets everybody in": _policy(QUEUE, Principal="*", Condition=None),
    },
)
def only_named_senders(holder: Resource) -> Iterator[str]:
    """Every right that the policy gives is given to somebody named, for something named."""
    policy = holder.properties.get("policy")
    if holder.type in (QUEUE, TOPIC) and not policy:
        return
    who = f"{holder.type.rpartition(':')[2]} {holder.name!r}"
    stated = stated_in(policy)
    if not stated:
        yield f"{who} holds no readable policy document"
    for statement in stated:
        yield from (f"{who} {fault}" for fault in _unreadable(statement))
    for statement in statements(policy, "Allow"):
        yield from (f"{who} {breadth}" for breadth in _too_broad(statement))


def _unreadable(statement: Mapping[str, Any]) -> Iterator[str]:
    """What AWS would refuse, or what says something else than it seems to."""
    if statement.get("Effect") not in ("Allow", "Deny"):
        yield "has a statement that neither allows nor denies"
    if not statement.get("Principal") and not statement.get("NotPrincipal"):
        yield "has a statement about nobody"
    if not all(match(r"(\*|(sqs|sns):[\w*]+)$", str(action).lower()) for action in _actions(statement)):
        yield "has a statement about what is done elsewhere"
    if not _actions(statement):
        yield "has a statement about nothing that is done"


def _actions(statement: Mapping[str, Any]) -> list[Any]:
    return [*listed(statement.get("Action")), *listed(statement.get("NotAction"))]


def _too_broad(statement: Mapping[str, Any]) -> Iterator[str]:
    principal = statement.get("Principal")
    services = listed(mapping(principal).get("Service"))
    if statement.get("NotPrincipal"):
        yield "lets everybody but a list in"
    if not bound(statement, _ON_BEHALF):
        if "*" in [
            *listed(None if isinstance(principal, Mapping) else principal),
            *listed(mapping(principal).get("AWS")),
        ]:
            yield "lets everybody in"
        for service in services:
            yield f"lets {service} act for any account"
    for service in services:
        if not str(service).endswith(".amazonaws.com"):
            yield f"lets the service {service!r} in, which there is not"
    for action in map(str, listed(statement.get("Action"))):
        if set("*?") & set(action):
            yield f"allows the action {action!r}"
    if statement.get("NotAction"):
        yield "allows every action but a list"
