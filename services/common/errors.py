"""Every error the product knows, in one place: stable slug, HTTP status, and whether trying again can help.

The web edge turns a `Problem` into an RFC 9457 document; a consumer parks the order on `Park`, tries again on `Retry`,
and leaves anything else to the queue's redrive policy.
"""

from collections.abc import Mapping

PROBLEM_BASE = "https://docs.cloud-sales.example/problems/"


class Problem(Exception):
    """An error that a client sees, as an RFC 9457 problem document."""

    slug = "internal-error"
    title = "Something went wrong on our side"
    status = 500

    def __init__(self, detail: str, *, headers: Mapping[str, str] | None = None, **members: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = dict(headers or {})
        self.members = members

    def document(self, instance: str) -> dict[str, object]:
        """The problem document; `members` are its extension members."""
        return {
            "type": PROBLEM_BASE + self.slug,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            **self.members,
        }


class MalformedBody(Problem):
    """The body is not the JSON that the operation takes."""

    slug, title, status = "malformed-body", "The request body cannot be read", 400


class InvalidRequest(Problem):
    """The body is JSON but a field is missing, unknown or out of range."""

    slug, title, status = "invalid-request", "The request has invalid fields", 400


class Unauthorized(Problem):
    """No access token, or one that this service does not accept."""

    slug, title, status = "unauthorized", "A valid access token is needed", 401

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class Forbidden(Problem):
    """The token is good but its holder has no part in this: no active user of a customer, or no operator."""

    slug, title, status = "forbidden", "This is not allowed for you", 403


class NotFound(Problem):
    """It does not exist, or it belongs to somebody else: the answer is the same."""

    slug, title, status = "not-found", "There is no such thing", 404


class InFlight(Problem):
    """A request with the same idempotency key is still being worked on."""

    slug, title, status = "idempotency-key-in-flight", "The first request with this key is still running", 409


class KeyReused(Problem):
    """The idempotency key was used before with another body."""

    slug, title, status = "idempotency-key-reused", "The key belongs to another request", 422


class NotRestartable(Problem):
    """The order cannot be restarted as asked; the detail says what it waits for."""

    slug, title, status = "not-restartable", "The order cannot be restarted like this", 409


class NotPossible(Problem):
    """What an operator asks for cannot be done as things stand; the detail says what is in its way."""

    slug, title, status = "not-possible", "This cannot be done as things stand", 409


class CcpRejected(Problem):
    """The CCP refused the order for good."""

    slug, title, status = "ccp-rejected", "The cloud provider refused the order", 422


class Unavailable(Problem):
    """A part we depend on does not answer now."""

    slug, title, status = "unavailable", "The service is temporarily unavailable", 503

    def __init__(self, detail: str, *, retry_after: int = 5) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)})


class Park(Exception):
    """The order cannot go on by itself: it is parked with this reason until a person restarts it."""


class Retry(Exception):
    """Not now: the message comes back after `seconds`."""

    def __init__(self, reason: str, *, seconds: int) -> None:
        super().__init__(reason)
        self.seconds = seconds


class Poison(Exception):
    """The message cannot be understood; the redrive policy moves it to the dead-letter queue."""


class LeaseLost(Exception):
    """Another worker took the work over while this one was slow: nothing of this attempt may be committed."""
