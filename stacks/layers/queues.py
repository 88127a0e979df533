"""The queues between the steps: one for each hand-over of the registry, each with its dead-letter queue."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from infra.queue import Queue as BuiltQueue
from infra.queue import QueueArgs
from infra.tags import DataClass
from services.registry import QUEUES, SES_EVENTS
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


def build(settings: Settings, mail: Mail) -> Queues:
    """Declare every queue of the registry."""
    built = {}
    for entry in QUEUES:
        # Services hand over a path and nothing more; SES's own events name the people it wrote to.
        from_ses = entry.producer == SES_EVENTS
        queue = BuiltQueue(
            settings.name(entry.name),
            QueueArgs(
                visibility_seconds=settings.queues.visibility_seconds,
                retention_days=settings.queues.retention_days,
                max_receive_count=settings.queues.max_receive_count,
                tags=settings.tags(DataClass.PERSONAL if from_ses else DataClass.INTERNAL, entry.consumer),
                topic_arn=mail.events_topic_arn if from_ses else None,
            ),
        )
        built[entry.name] = Queue(queue.url, queue.arn, queue.dead_letter_url, queue.dead_letter_arn)
    return Queues(built)
