"""How many requests a tenant may make: told on every answer, and refused beyond.

Counted in each pod by itself: a quota protects the pods from one tenant, and need not be exact to do so.
Headers as in draft-ietf-httpapi-ratelimit-headers-10.
"""

import math
import time
from dataclasses import dataclass

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from services.common.errors import TooManyRequests

WINDOW_SECONDS = 60


@dataclass(frozen=True)
class Standing:
    """How a tenant stands after a request."""

    limit: int
    left: int
    reset_seconds: int

    @property
    def headers(self) -> dict[str, str]:
        """The standard headers."""
        return {
            "RateLimit-Policy": f'"tenant";q={self.limit};w={WINDOW_SECONDS}',
            "RateLimit": f'"tenant";r={self.left};t={self.reset_seconds}',
        }


class Quota:
    """Counts requests by tenant within a moving minute; safe between threads."""

    def __init__(self, per_minute: int) -> None:
        self._item = RateLimitItemPerMinute(per_minute)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def take(self, tenant: str) -> Standing:
        """How the tenant stands after one request more.

        Raises:
            TooManyRequests: it has none left; `Retry-After` tells when it has.
        """
        taken = self._limiter.hit(self._item, tenant)
        reset, left = self._limiter.get_window_stats(self._item, tenant)
        standing = Standing(self._item.amount, left, max(1, math.ceil(reset - time.time())))
        if not taken:
            raise TooManyRequests(
                f"you have made {self._item.amount} requests within a minute", standing.headers, standing.reset_seconds
            )
        return standing
