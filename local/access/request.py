"""A request to AWS as it comes in over HTTP, as far as it says who asks, of whom, and for what."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

_SCOPE = re.compile(r"(?P<key>[^/=, ]+)/\d{8}/(?P<region>[a-z0-9-]+)/(?P<service>[a-z0-9-]+)/aws4_request")
"""The scope of a signature, for example `AKIA.../20260701/eu-central-1/sqs/aws4_request`."""


@dataclass(frozen=True)
class Signature:
    """Whom a request is signed by, and for what."""

    key: str
    region: str
    service: str


@dataclass(frozen=True)
class Request:
    """A signed request.

    Attributes:
        path: percent-decoded.
        headers: by their names in lower case.
    """

    signature: Signature
    account: str
    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    def arn(self, service: str, resource: str) -> str:
        """The ARN of something in the caller's account, in the region that is called."""
        return f"arn:aws:{service}:{self.signature.region}:{self.account}:{resource}"


def parameters(query_string: bytes, headers: Mapping[str, str], body: bytes) -> dict[str, list[str]]:
    """Those of the address, and those that an API of the older kind takes as a form."""
    found = parse_qs(query_string.decode("latin-1"), keep_blank_values=True)
    if "x-www-form-urlencoded" in headers.get("content-type", ""):
        return parse_qs(body.decode("latin-1"), keep_blank_values=True) | found
    return found


def header_texts(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """The headers of an ASGI scope."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in raw}


def signature_in(headers: Mapping[str, str], query_string: bytes) -> Signature | None:
    """The signature in the header, or in the query of a presigned link; None if there is none."""
    signed = headers.get("authorization", "")
    if not signed and b"X-Amz-Credential" in query_string:
        signed = parse_qs(query_string.decode("latin-1")).get("X-Amz-Credential", [""])[0]
    found = _SCOPE.search(signed)
    return Signature(**found.groupdict()) if found else None
