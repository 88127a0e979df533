"""Everything that the provider refuses, each with its HTTP status."""


class ProviderError(Exception):
    """A refusal. `code` is stable and ends the problem's type; the message is for people."""

    status: int
    code: str
    headers: tuple[tuple[str, str], ...] = ()


class InvalidRequestError(ProviderError):
    """The request breaks the contract; nothing happened.

    Attributes:
        faults: each offending place, as a JSON pointer, header or parameter, with what is wrong there.
    """

    status = 400
    code = "invalid-request"

    def __init__(self, faults: tuple[tuple[str, str], ...]) -> None:
        super().__init__("; ".join(f"{place}: {reason}" for place, reason in faults))
        self.faults = faults


class UnknownServiceError(ProviderError):
    """The order names a service that is not in the catalogue."""

    status = 422
    code = "unknown-service"


class UnknownLicenseError(ProviderError):
    """The customer has no such licence of the service in the subscription."""

    status = 422
    code = "unknown-license"


class LicenseReturnedError(ProviderError):
    """The licence was given back before: there is nothing left to change."""

    status = 422
    code = "license-returned"


class NotFoundError(ProviderError):
    """No such resource."""

    status = 404
    code = "not-found"


class KeyReusedError(ProviderError):
    """The idempotency key came before, with another request."""

    status = 422
    code = "idempotency-key-reused"


class KeyInFlightError(ProviderError):
    """A call under this idempotency key is being worked on."""

    status = 409
    code = "idempotency-key-in-flight"
    headers = (("Retry-After", "1"),)


class SimulatedError(ProviderError):
    """A fault that the switches asked for."""

    code = "simulated-fault"

    def __init__(self, status: int, retry_after_seconds: int | None = None) -> None:
        super().__init__("the simulator was told to fail this call")
        self.status = status
        if retry_after_seconds is not None:
            self.headers = (("Retry-After", str(retry_after_seconds)),)
