"""What the registry promises of its queues."""

import pytest

from services.registry import PATIENCE_SECONDS, QUEUES, Queue


@pytest.mark.parametrize("queue", QUEUES, ids=lambda queue: queue.name)
def test_only_the_relay_sends_again_and_it_always_does(queue: Queue) -> None:
    assert bool(queue.resend_seconds) is (queue.producer == "relay")
    assert all(wait >= PATIENCE_SECONDS[0] for wait in queue.resend_seconds)


def test_a_mail_is_tried_for_two_days_and_anything_else_eight_times() -> None:
    tries = {queue.name: queue.resend_seconds for queue in QUEUES}
    assert sum(tries["email"]) >= 48 * 3600
    assert [len(tries[name]) for name in ("invoice", "document")] == [8, 8]
