"""The queues between the steps: one for each hand-over of the registry, each with its dead-letter queue."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from infra.queue import Queue as BuiltQueue
from infra.queue import QueueArgs
from infra.tags import DataClass
from services.registry import QUEUES, SES_EVENTS, SES_RECEIPT
from stacks.layers.inbound import Inbound
from stacks.layers.mail import Mail
from stacks.schema import Settings


@dataclass(frozen=True)
class Queue:
    """One hand-over."""

    url: pulumi.Output[str]
    arn: pulumi.Output[str]
    dead_letter_url: pulumi.Output[str]
    dead_letter_arn: pulumi.Output[str]


@dataclass(frozen=True)
class Queues:
    """All hand-overs under their names in the registry."""

    by_name: Mapping[str, Queue]


def build(settings: Settings, mail: Mail, inbound: Inbound) -> Queues:
    """Declare every queue of the registry."""
    built = {}
    topics = {SES_EVENTS: mail.events_topic_arn, SES_RECEIPT: inbound.topic_arn}
    for entry in QUEUES:
        # Services hand over a path and nothing more; what SES tells names the people it wrote to or heard from.
        from_ses = entry.producer in topics
        queue = BuiltQueue(
            settings.name(entry.name),
            QueueArgs(
                visibility_seconds=settings.queues.visibility_seconds,
                retention_days=settings.queues.retention_days,
                max_receive_count=settings.queues.max_receive_count,
                tags=settings.tags(DataClass.PERSONAL if from_ses else DataClass.INTERNAL, entry.consumer),
                topic_arn=topics.get(entry.producer),
            ),
        )
        built[entry.name] = Queue(queue.url, queue.arn, queue.dead_letter_url, queue.dead_letter_arn)
    return Queues(built)
