"""What is watched of a queue: that it is emptied, and that nothing was given up."""

from infra.monitor_terms import Missing, Thresholds
from infra.monitors.watch import Watch, metric, scoped
from infra.placement import Placement


def watches(name: str, place: Placement, longest_failure_seconds: int, consumer: str) -> tuple[Watch, ...]:
    """The monitors of a queue and of its dead-letter queue. Silence is good news: SQS only counts what is there.

    The age: a message that fails every time is given up after `longest_failure_seconds` (visibility x receives), so one
    three times as old was not received at all. That leaves days before the queue forgets it (reliability, 44).
    """
    age = Watch(
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
    meaning = f"The service {consumer} failed on a message as often as it may; what it was about stands still."
    return age, dead_letters(f"{name}-dlq", place, meaning, consumer)


def dead_letters(name: str, place: Placement, meaning: str, service: str) -> Watch:
    """The monitor of a dead-letter queue: one is too many, for somebody has to decide about it (reliability, 13)."""
    return Watch(
        "Queue",
        "queue-dead-letters",
        name,
        "messages were given up",
        metric("max", 5, f"max:aws.sqs.approximate_number_of_messages_visible{scoped(place, queuename=name)}"),
        Thresholds(0),
        meaning,
        2,
        missing=Missing.RESOLVE,
        service=service,
    )
