"""When an order, or a change, whose outcome is unknown is looked into again, and when a person is asked instead."""

from services.common.ccp.client import BUDGET_SECONDS

LEASE_SECONDS = BUDGET_SECONDS + 8
"""How long one process alone may ask the CCP about an order: the calls and the commit after them."""

LEASES = [LEASE_SECONDS] * 3 + [120.0, 600.0, 3600.0]
"""Seconds of a lease, by the number of the attempt; the last one repeats. An attempt that ends with its process, or in
a fault of our own, gives no lease back: one such order must not take a pod down every half minute, and pods that fail
for an hour must not use up the attempts of every order.
"""

WAITS_SECONDS = (30.0, 120.0, 600.0, 3600.0)
"""By the number of attempts made; the last one repeats."""

MAX_ATTEMPTS = 12
"""Attempts without an outcome after which the order is parked: the CCP has been in trouble with it for over 8 hours.
Time in which the CCP is not called at all does not count."""


def wait_seconds(attempt: int, asked: float) -> float | None:
    """How long to wait after the given attempt, at least as long as the CCP has asked for; None to park the order."""
    if attempt >= MAX_ATTEMPTS:
        return None
    planned = WAITS_SECONDS[min(attempt, len(WAITS_SECONDS)) - 1]
    return max(planned, min(asked, WAITS_SECONDS[-1]))


def wait_uncalled_seconds(gate: float) -> float:
    """How long to wait when the CCP was not called: until it may be, and never no time at all."""
    return max(1.0, min(gate, WAITS_SECONDS[-1]))
