"""One HTTP call to the CCP: through the gate, with an end in time and a limit in size, and its outcome reported.

Whatever comes back, what the caller learns is an answer or that there is none. No answer can be taken for that of
another call: a connection is used again only after an exchange that was whole.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import urllib3

from services.common.ccp.connections import ended_after, pool_manager
from services.common.ccp.gate import Gate, GateClosed

MAX_ANSWER_BYTES = 16 * 1024 * 1024
"""A page of the CCP's ledger with the largest orders still fits."""

TROUBLE = frozenset({408, 429})
"""Statuses below 500 that tell of the CCP's state and not of the call."""


@dataclass(frozen=True)
class Patience:
    """How long the CCP is waited for, in seconds.

    Attributes:
        connect: for a connection.
        read: for the whole head of an answer, and then for the next bytes of its body.
        pause: at most, before an order's second look at the CCP within a request.
        budget: for everything that one order asks the CCP at a time; well below the API Gateway's 29 s.
    """

    connect: float = 2.0
    read: float = 8.0
    pause: float = 1.0
    budget: float = 18.0


class Deadline:
    """A moment in the future that several calls share."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def left(self) -> float:
        """Seconds until then; never negative."""
        return max(0.0, self._end - self._clock())


class NoAnswer(Exception):
    """No answer that says anything about the order; `seconds` is how long the CCP asked to be left alone."""

    def __init__(self, reason: str, seconds: float = 0.0) -> None:
        super().__init__(reason)
        self.seconds = seconds


@dataclass(frozen=True)
class Reply:
    """What the CCP answered: nothing of its own trouble, so a 2xx or a refusal."""

    status: int
    body: bytes = field(repr=False)


class Transport:
    """Calls the CCP; safe to share between threads."""

    def __init__(self, url: str, patience: Patience, gate: Gate) -> None:
        self._url = url.rstrip("/")
        self._patience = patience
        self.gate = gate
        self._http = pool_manager()

    def call(
        self,
        method: str,
        path: str,
        deadline: Deadline,
        *,
        json: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """The CCP's answer.

        Raises:
            GateClosed: the call was not made.
            NoAnswer: it was made, and it is not known what came of it.
        """
        with self.gate.passing():
            if (left := deadline.left()) == 0.0:
                raise GateClosed("the time for the CCP is used up", 0.0)
            try:
                status, wish, body = self._exchange(method, path, left, json, headers)
            except (urllib3.exceptions.HTTPError, OSError, ValueError) as fault:
                # http.client answers some malformed framing with a bare ValueError.
                self.gate.failed()
                raise NoAnswer(f"the CCP did not answer: {type(fault).__name__}") from fault
            if status >= 500 or status in TROUBLE:
                self.gate.failed(wish)
                raise NoAnswer(f"the CCP answered {status}", wish or 0.0)
            self.gate.succeeded()
            return Reply(status, body)

    def _exchange(
        self,
        method: str,
        path: str,
        left: float,
        json: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
    ) -> tuple[int, float | None, bytes]:
        deadline = Deadline(left)
        response = self._http.request(
            method,
            self._url + path,
            json=json,
            headers=dict(headers or {}),
            timeout=urllib3.Timeout(connect=min(self._patience.connect, left), read=min(self._patience.read, left)),
            preload_content=False,
            redirect=False,
        )
        if response.status < 200:
            # The real answer is still to come: on a connection used again, the next call would take it for its own.
            response.close()
            raise urllib3.exceptions.ProtocolError(f"{response.status} before the answer")
        with ended_after(deadline.left(), response.shutdown):
            # As sent: we have asked for no compression, and a few bytes could unpack to more than there is memory.
            body = _read(response)
        if len(body) > MAX_ANSWER_BYTES:
            response.close()
            raise urllib3.exceptions.ResponseError(f"more than {MAX_ANSWER_BYTES} bytes")
        response.release_conn()
        return response.status, retry_after(response.headers.get("Retry-After")), body


def _read(response: urllib3.BaseHTTPResponse) -> bytes:
    """The body, up to one byte more than is allowed; a single read would take a cut-off body for a whole one."""
    body = b""
    while more := response.read(MAX_ANSWER_BYTES + 1 - len(body), decode_content=False):
        body += more
    return body


def retry_after(header: str | None) -> float | None:
    """The seconds that a `Retry-After` header asks for, given as a number or as a date; None if it says nothing."""
    if header is None:
        return None
    if header.isascii() and header.isdecimal():
        return float(header)
    try:
        at = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())
