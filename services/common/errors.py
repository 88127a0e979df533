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


class BadRequest(Problem):
    """The request is no HTTP that we understand."""

    slug, title, status = "bad-request", "The request cannot be read", 400


class MethodNotAllowed(Problem):
    """The address takes other methods; the header `Allow` names them."""

    slug, title, status = "method-not-allowed", "The address does not take this method", 405


class BodyTooLarge(Problem):
    """The body is larger than any that an operation takes."""

    slug, title, status = "request-entity-too-large", "The request body is too large", 413


class UnsupportedMediaType(Problem):
    """The body is declared as something else than JSON."""

    slug, title, status = "unsupported-media-type", "The body is not declared as JSON", 415


class Unauthorized(Problem):
    """No access token, or one that this service does not accept."""

    slug, title, status = "unauthorized", "A valid access token is needed", 401

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class SignInRefused(Unauthorized):
    """This e-mail address with this password, or this refresh token, gives no access; why is not said."""

    slug, title = "sign-in-refused", "This does not give access"


class NewPasswordRequired(Problem):
    """The password is the temporary one of an invitation, and good for one thing: to choose one's own."""

    slug, title, status = "new-password-required", "Choose your own password first", 403


class CodeRefused(Problem):
    """The code is not the last one that was mailed to this address, has been used, or is too old."""

    slug, title, status = "code-refused", "The code is not accepted", 422


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


class PreconditionFailed(Problem):
    """`If-Match` names another version than the present one: somebody was faster."""

    slug, title, status = "precondition-failed", "It has changed since you read it", 412


class PreconditionRequired(Problem):
    """The operation changes what others may change too, and came without `If-Match`."""

    slug, title, status = "precondition-required", "Say which version you have read", 428


class TooManyRequests(Problem):
    """The requests of your company, or the attempts at a password, are used up for now."""

    slug, title, status = "too-many-requests", "Too many requests", 429

    def __init__(self, detail: str, headers: Mapping[str, str] | None = None, retry_after: int = 60) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after), **(headers or {})})


class Conflict(Problem):
    """It contradicts what is there already; the detail says what."""

    slug, title, status = "conflict", "This contradicts what is there", 409


class ChangeOpen(Problem):
    """A change of the same subscription item is still under way; `change` is its address."""

    slug, title, status = "change-open", "Another change is still under way", 409


class LicensesAssigned(Problem):
    """Assigned licences would have to be returned, and nobody has named them."""

    slug, title, status = "licenses-assigned", "Assigned licences would have to go", 409


class NotAnExtension(Problem):
    """The licence would not run longer, or not from one of its days to the next."""

    slug, title, status = "not-an-extension", "The licence cannot be extended like this", 422


class EmailTaken(Problem):
    """Somebody signs in with this e-mail address already, of this company or another one."""

    slug, title, status = "email-taken", "The e-mail address is in use", 409


class NotRestartable(Problem):
    """The order cannot be restarted as asked; the detail says what it waits for."""

    slug, title, status = "not-restartable", "The order cannot be restarted like this", 409


class NotPossible(Problem):
    """What is asked for cannot be done as things stand; the detail says what is in its way."""

    slug, title, status = "not-possible", "This cannot be done as things stand", 409


class NotAnAgent(Problem):
    """A case is given to support agents, and this is none that we know."""

    slug, title, status = "not-an-agent", "This is no support agent", 422


class DocumentNotReady(Problem):
    """The document is being printed, for the first time or again because it was too old to be kept."""

    slug, title, status = "document-not-ready", "The document is not ready yet", 409

    def __init__(self, detail: str, *, retry_after: int = 5) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)})


class CcpRejected(Problem):
    """The CCP refused the order for good."""

    slug, title, status = "ccp-rejected", "The cloud provider refused the order", 422


class Unavailable(Problem):
    """A part we depend on does not answer now."""

    slug, title, status = "unavailable", "The service is temporarily unavailable", 503

    def __init__(self, detail: str, *, retry_after: int = 5) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)})


class NoWriter(Unavailable):
    """The database has no writer for us now: it moves to another region, or does not answer."""


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
