"""Queues and what hangs on them."""

from collections.abc import Mapping
from typing import Any

from local.host.emulator import Emulator
from local.host.errors import ResourceError
from local.host.handlers.handler import Delete, Handler, Look, changes, document, text
from local.host.model import Resource
from local.host.provider import Made

_ATTRIBUTES = {
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "delaySeconds": "DelaySeconds",
    "fifoQueue": "FifoQueue",
    "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "redrivePolicy": "RedrivePolicy",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}


def make_queue(declared: Resource, emulator: Emulator) -> Made:
    """A queue, known by its name."""
    sqs, name = emulator.sqs, declared.inputs["name"]
    for unknown in declared.inputs.keys() - _ATTRIBUTES.keys() - {"name", "tags"}:
        raise ResourceError(declared.type, declared.urn, f"'{unknown}' is not known to the local home")
    try:
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        if attributes := _attributes(changes(declared)):
            sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
    except sqs.exceptions.QueueDoesNotExist:
        url = sqs.create_queue(QueueName=name, Attributes=_attributes(declared.inputs))["QueueUrl"]
    if tags := declared.inputs.get("tags"):
        sqs.tag_queue(QueueUrl=url, Tags=tags)
    return Made(url, {"url": url})


def delete_queue(orphan: Resource, emulator: Emulator) -> None:
    """Removes the queue with its messages."""
    emulator.sqs.delete_queue(QueueUrl=str(orphan.id))


def look_at_queue(known: Resource, emulator: Emulator) -> Mapping[str, Any]:
    """The attributes that the program sets, as they are by now."""
    answered = emulator.sqs.get_queue_attributes(QueueUrl=str(known.id), AttributeNames=["All"])
    live: Mapping[Any, str] = answered["Attributes"]
    kept = {key: (name, known.inputs[key]) for key, name in _ATTRIBUTES.items() if key in known.inputs}
    return {key: _like(value, live[name]) for key, (name, value) in kept.items() if name in live}


def make_queue_policy(declared: Resource, emulator: Emulator) -> Made:
    """Who may send to a queue."""
    return _set(declared, emulator, {"Policy": declared.inputs["policy"]})


def make_redrive_allow_policy(declared: Resource, emulator: Emulator) -> Made:
    """Whose dead letters a queue takes."""
    return _set(declared, emulator, {"RedriveAllowPolicy": declared.inputs["redriveAllowPolicy"]})


def _set(declared: Resource, emulator: Emulator, attributes: Mapping[Any, str]) -> Made:
    url = declared.inputs["queueUrl"]
    emulator.sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
    return Made(url, {})


def _look(attribute: Any, key: str) -> Look:
    def look(known: Resource, emulator: Emulator) -> Mapping[str, Any] | None:
        answered = emulator.sqs.get_queue_attributes(QueueUrl=str(known.id), AttributeNames=[attribute])
        live = answered.get("Attributes", {}).get(attribute)
        return {key: document(known.inputs[key], live)} if live else None

    return look


def _clear(attribute: Any) -> Delete:
    def delete(orphan: Resource, emulator: Emulator) -> None:
        emulator.sqs.set_queue_attributes(QueueUrl=str(orphan.id), Attributes={attribute: ""})

    return delete


def _like(kept: object, live: str) -> object:
    """The attribute in the type that the program gives it."""
    match kept:
        case bool():
            return live == "true"
        case int():
            return int(live)
        case str() if kept.startswith("{"):
            return document(kept, live)
        case _:
            return live


def _attributes(inputs: Mapping[str, Any]) -> dict[Any, str]:
    return {name: text(inputs[key]) for key, name in _ATTRIBUTES.items() if key in inputs}


HANDLERS: Mapping[str, Handler] = {
    "aws:sqs/queue:Queue": Handler(make_queue, delete_queue, look_at_queue, fixed=frozenset({"fifoQueue"})),
    "aws:sqs/queuePolicy:QueuePolicy": Handler(make_queue_policy, _clear("Policy"), _look("Policy", "policy")),
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": Handler(
        make_redrive_allow_policy, _clear("RedriveAllowPolicy"), _look("RedriveAllowPolicy", "redriveAllowPolicy")
    ),
}
