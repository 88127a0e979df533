"""The AWS emulator behind the endpoint, over plain HTTP: requests go on to it as they came."""

from collections.abc import Iterable
from dataclasses import dataclass

import urllib3

CONNECTIONS = 16
TIMEOUT = urllib3.Timeout(connect=5, read=60)

OF_ONE_CONNECTION = frozenset(
    {
        "connection",
        "content-length",
        "date",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "server",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers that each server on the way writes anew."""

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Answer:
    """An HTTP answer as it came."""

    status: int
    headers: Headers
    body: bytes


class Emulator:
    """Passes requests on. A refused connection is an error of urllib3: the caller's SDK does the retries."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool = urllib3.PoolManager(maxsize=CONNECTIONS, retries=False, timeout=TIMEOUT)

    def ask(self, method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes) -> Answer:
        """Sends a request on unchanged.

        Args:
            method: the HTTP method.
            target: path and query exactly as the caller wrote them, since their encoding is part of the signature.
            headers: all headers of the caller, `Host` too.
            body: the body's bytes.

        Raises:
            urllib3.exceptions.HTTPError: the emulator cannot be reached or did not answer in time.
        """
        sent = urllib3.HTTPHeaderDict(_end_to_end(headers))
        response = self._pool.request(method, self._url + target, headers=sent, body=body, redirect=False)
        return Answer(response.status, _end_to_end(response.headers.items()), response.data)


def _end_to_end(headers: Iterable[tuple[str, str]]) -> Headers:
    return tuple((name, value) for name, value in headers if name.lower() not in OF_ONE_CONNECTION)
