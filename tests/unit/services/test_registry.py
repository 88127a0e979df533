"""What the registry promises of its queues, and of what services may do."""

import pytest

from services.registry import OPERATOR, PATIENCE_SECONDS, QUEUES, SCOPES, SERVICE, SERVICES, Queue, Route, Scope


@pytest.mark.parametrize("queue", QUEUES, ids=lambda queue: queue.name)
def test_only_the_relay_sends_again_and_it_always_does(queue: Queue) -> None:
    assert bool(queue.resend_seconds) is (queue.producer == "relay")
    assert all(wait >= PATIENCE_SECONDS[0] for wait in queue.resend_seconds)


def test_a_mail_is_tried_for_two_days_and_anything_else_eight_times() -> None:
    tries = {queue.name: queue.resend_seconds for queue in QUEUES}
    assert sum(tries["email"]) >= 48 * 3600
    assert [len(tries[name]) for name in ("invoice", "document")] == [8, 8]


def test_each_scope_opens_something_and_is_told_in_words() -> None:
    assert {route.scope for service in SERVICES for route in service.routes} - {None} == set(Scope) == set(SCOPES)


def test_a_service_is_let_in_by_a_scope_alone_and_only_reads() -> None:
    for given in [
        ("GET", "/x", SERVICE | OPERATOR, None),
        ("GET", "/x", OPERATOR, Scope.ORDERS),
        ("POST", "/x", SERVICE | OPERATOR, Scope.ORDERS),
    ]:
        with pytest.raises(ValueError, match="services"):
            Route(*given)
