"""What is watched of queues: that they are emptied, and that nothing was given up."""

from infra.monitor_terms import Missing, Thresholds
from infra.monitors.watch import Watch, grouped, metric, scoped
from infra.placement import Placement


def age(name: str, place: Placement, longest_failure_seconds: int, consumer: str) -> Watch:
    """The monitor of a queue, which names its consumer. Silence is good news: SQS only counts what is there.

    The age: a message that fails every time is given up after `longest_failure_seconds` (visibility x receives), so one
    three times as old was not received at all. That leaves days before the queue forgets it (reliability, 44).
    """
    return Watch(
        "Queue",
        "queue-age",
        name,
        "messages wait too long",
        metric("max", 10, f"max:aws.sqs.approximate_age_of_oldest_message{scoped(place, queuename=name)}"),
        Thresholds(3 * longest_failure_seconds, warning=2 * longest_failure_seconds),
        f"Nobody empties the queue: its consumer {consumer} stands, or does not keep up.",
        2,
        missing=Missing.RESOLVE,
        service=consumer,
    )


def dead_letters(name: str, place: Placement) -> Watch:
    """The monitor of all dead-letter queues in an account and region, of queues and functions alike.

    One letter is too many, for somebody has to decide about it (reliability, 13).
    """
    each = grouped(scoped(place, queuename="*-dlq"), "queuename")
    return Watch(
        "Queue",
        "queue-dead-letters",
        name,
        "messages were given up",
        metric("max", 5, f"max:aws.sqs.approximate_number_of_messages_visible{each}"),
        Thresholds(0),
        "In {{queuename.name}} lies what failed as often as it may; whatever it was about stands still.",
        2,
        missing=Missing.RESOLVE,
    )
