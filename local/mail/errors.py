"""What the SESv2 endpoint refuses by itself, in the form in which SES says it."""

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class SesError(Exception):
    """An error answer of SES: the HTTP status, the exception name that the SDKs raise, and the message."""

    status: int
    code: str
    message: str

    @property
    def headers(self) -> dict[str, str]:
        """The headers by which the SDKs tell the error."""
        return {"Content-Type": "application/x-amz-json-1.1", "x-amzn-errortype": self.code}

    @property
    def body(self) -> bytes:
        """The JSON body."""
        return json.dumps({"message": self.message}).encode()


def bad_request(message: str) -> SesError:
    """The request cannot be understood."""
    return SesError(400, "BadRequestException", message)


def unavailable(message: str) -> SesError:
    """The service cannot answer now; the SDKs try again."""
    return SesError(503, "ServiceUnavailable", message)
