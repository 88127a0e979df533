"""Topics and subscriptions."""

from collections.abc import Mapping
from typing import Any

from local.host.emulator import Emulator
from local.host.handlers.handler import Handler, changes, document, pascal, tag_list, text, vanish
from local.host.model import Resource
from local.host.provider import Made

_IDENTITY = frozenset({"topic", "protocol", "endpoint"})


def make_topic(declared: Resource, emulator: Emulator) -> Made:
    """A topic, known by its name; creating one that exists answers the existing one."""
    arn = emulator.sns.create_topic(Name=declared.inputs["name"])["TopicArn"]
    if tags := tag_list(declared.inputs.get("tags")):
        emulator.sns.tag_resource(ResourceArn=arn, Tags=tags)
    settings = {key: value for key, value in changes(declared).items() if key not in {"name", "tags"}}
    for key, value in pascal(settings, {}).items():
        emulator.sns.set_topic_attributes(TopicArn=arn, AttributeName=key, AttributeValue=text(value))
    return Made(arn, {"arn": arn})


def delete_topic(orphan: Resource, emulator: Emulator) -> None:
    """Removes the topic and its subscriptions."""
    emulator.sns.delete_topic(TopicArn=str(orphan.id))


def look_at_topic(known: Resource, emulator: Emulator) -> Mapping[str, Any]:
    """Whether the topic is there."""
    emulator.sns.get_topic_attributes(TopicArn=str(known.id))
    return {}


def make_topic_policy(declared: Resource, emulator: Emulator) -> Made:
    """Who may publish to a topic."""
    arn = declared.inputs["arn"]
    emulator.sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=declared.inputs["policy"])
    return Made(arn, {})


def look_at_topic_policy(known: Resource, emulator: Emulator) -> Mapping[str, Any]:
    """Who may publish by now."""
    attributes = emulator.sns.get_topic_attributes(TopicArn=known.inputs["arn"])["Attributes"]
    return {"policy": document(known.inputs["policy"], attributes["Policy"])}


def make_subscription(declared: Resource, emulator: Emulator) -> Made:
    """A subscription, known by its topic, protocol and endpoint."""
    sns, inputs = emulator.sns, declared.inputs
    pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=inputs["topic"])
    wanted = (inputs["protocol"], inputs["endpoint"])
    known = {
        (found["Protocol"], found["Endpoint"]): found["SubscriptionArn"]
        for page in pages
        for found in page["Subscriptions"]
    }
    arn = known.get(wanted)
    if arn is None:
        created = sns.subscribe(
            TopicArn=inputs["topic"],
            Protocol=inputs["protocol"],
            Endpoint=inputs["endpoint"],
            ReturnSubscriptionArn=True,
        )
        arn = created["SubscriptionArn"]
    settings = {key: value for key, value in changes(declared).items() if key not in _IDENTITY}
    for key, value in pascal(settings, {}).items():
        sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName=key, AttributeValue=text(value))
    return Made(arn, {"arn": arn})


def delete_subscription(orphan: Resource, emulator: Emulator) -> None:
    """Ends the subscription."""
    emulator.sns.unsubscribe(SubscriptionArn=str(orphan.id))


def look_at_subscription(known: Resource, emulator: Emulator) -> Mapping[str, Any]:
    """Whether the subscription is there."""
    emulator.sns.get_subscription_attributes(SubscriptionArn=str(known.id))
    return {}


HANDLERS: Mapping[str, Handler] = {
    "aws:sns/topic:Topic": Handler(make_topic, delete_topic, look_at_topic),
    "aws:sns/topicPolicy:TopicPolicy": Handler(make_topic_policy, vanish, look_at_topic_policy),
    "aws:sns/topicSubscription:TopicSubscription": Handler(
        make_subscription, delete_subscription, look_at_subscription, known_by=_IDENTITY
    ),
}
