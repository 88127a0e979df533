"""An HTTP proxy before the stand-ins of AWS and the CCP that makes the network as bad as a test wants it.

What it does to the n-th request is decided by dice with a seed, so that a run can be had again.
"""

import json
import socket
import threading
import time
from collections import Counter
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from types import TracebackType
from typing import Any, Self

from urllib3.exceptions import HTTPError, ProtocolError

from local.mail.emulator import Answer, Emulator

GONE = Answer(404, (("Content-Type", "application/xml"),), b"<Error><Code>NoSuchKey</Code></Error>")
BUSY = Answer(503, (("Content-Type", "application/xml"),), b"<Error><Code>ServiceUnavailable</Code></Error>")
RECEIVE = "AmazonSQS.ReceiveMessage"
SENDS = frozenset({"AmazonSQS.SendMessage", "AmazonSQS.SendMessageBatch"})


@dataclass(frozen=True)
class Weather:
    """What befalls a request; rates are shares of all requests.

    Attributes:
        cut: every connection is closed at once, as if nobody listened.
        error_rate: answered with 503, and not passed on.
        refuse: whatever names this in its target or body is answered with 503.
        drop_rate: passed on, and the connection closed in the place of the answer.
        delay_seconds: each request waits up to so long.
        copies: each message to a queue is sent 1 to so many times.
        window_seconds: each copy arrives up to so much later, so that messages overtake each other.
        expire: an object with this text in its key is deleted before it is read for the first time.
        alter: what is replaced in every object read, and by what.
        slow: whatever names this in its target waits so many seconds; each delivery of a message is counted meanwhile.
    """

    cut: bool = False
    error_rate: float = 0
    refuse: str | None = None
    drop_rate: float = 0
    delay_seconds: float = 0
    copies: int = 1
    window_seconds: int = 0
    expire: str | None = None
    alter: tuple[bytes, bytes] | None = None
    slow: tuple[str, float] | None = None


@dataclass(frozen=True)
class Call:
    """A request as it came."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def action(self) -> str:
        """What is asked of SQS; empty for anything else."""
        return next((value for name, value in self.headers if name.lower() == "x-amz-target"), "")

    @property
    def reference(self) -> str:
        """The client reference of a purchase at the CCP; empty for anything else."""
        if (self.method, self.target) != ("POST", "/create-order"):
            return ""
        return next((value for name, value in self.headers if name.lower() == "client-reference"), "")

    def names(self, text: str) -> bool:
        """Whether the text stands in the target or the body."""
        return text in self.target or text.encode() in self.body


class Proxy:
    """Passes requests on to `upstream` through the weather; runs from entering the block to leaving it.

    Attributes:
        struck: how often what has struck.
        deliveries: how often each message was handed out, for as long as something is `slow`.
        references: every client reference under which the CCP was asked for a sale.
        under_way: requests without an answer so far.
    """

    def __init__(self, upstream: str, seed: int) -> None:
        self.weather = Weather()
        self.struck: Counter[str] = Counter()
        self.deliveries: Counter[str] = Counter()
        self.references: set[str] = set()
        self._upstream = Emulator(upstream)
        self._dice = Random(seed)
        self._lock = threading.Lock()
        self._expired: set[str] = set()
        self.under_way = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), name="proxy", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def handle(self, call: Call) -> Answer | None:
        """The answer, or None for a connection that is to be closed without one."""
        with self._lock:
            self.under_way += 1
        try:
            return self._handle(call)
        finally:
            with self._lock:
                self.under_way -= 1

    def _handle(self, call: Call) -> Answer | None:
        weather = self.weather
        if call.reference:
            self.references.add(call.reference)
        if weather.cut:
            self._count("cut")
            return None
        with self._lock:
            error, drop, wait = (self._dice.random() for _ in range(3))
        if weather.delay_seconds:
            time.sleep(wait * weather.delay_seconds)
        if weather.slow is not None and weather.slow[0] in call.target:
            self._count("slow")
            time.sleep(weather.slow[1])
        if error < weather.error_rate or (weather.refuse is not None and call.names(weather.refuse)):
            self._count("error")
            return BUSY
        answer = self._pass(call, weather)
        if answer is not None and weather.slow is not None and call.action == RECEIVE:
            self._count_deliveries(answer)
        if drop < weather.drop_rate:
            self._count("drop")
            return None
        return answer

    def _pass(self, call: Call, weather: Weather) -> Answer | None:
        if call.action in SENDS and (weather.copies > 1 or weather.window_seconds):
            return self._send(call, weather)
        if call.method == "GET" and weather.expire is not None and weather.expire in call.target:
            self._expire(call)
        try:
            answer = self._upstream.ask(call.method, call.target, call.headers, call.body)
        except ProtocolError:
            return None  # what is behind has closed the connection: so does this one
        except HTTPError:
            return BUSY
        if weather.alter is not None and call.method == "GET" and weather.alter[0] in answer.body:
            self._count("alter")
            return Answer(answer.status, answer.headers, answer.body.replace(*weather.alter))
        return answer

    def _send(self, call: Call, weather: Weather) -> Answer:
        """Each entry 1 to `copies` times, each copy after a wait of its own; the first round's answer counts."""
        body = json.loads(call.body)
        entries: list[dict[str, Any]] = body.get("Entries", [body])
        with self._lock:
            copies = [self._dice.randint(1, weather.copies) for _ in entries]
            waits = [[self._dice.randint(0, weather.window_seconds) for _ in range(count)] for count in copies]
        answers = []
        for turn in range(max(copies)):
            chosen = [{**e, "DelaySeconds": w[turn]} for e, w in zip(entries, waits, strict=True) if turn < len(w)]
            text = {**body, "Entries": chosen} if "Entries" in body else chosen[0]
            answers.append(self._upstream.ask(call.method, call.target, call.headers, json.dumps(text).encode()))
        self.struck["copies"] += sum(copies) - len(entries)
        return answers[0]

    def _expire(self, call: Call) -> None:
        path = call.target.partition("?")[0]
        with self._lock:
            first = path not in self._expired
            self._expired.add(path)
        if first:
            self._count("expire")
            self._upstream.ask("DELETE", path, [pair for pair in call.headers if pair[0].lower() == "host"], b"")

    def _count_deliveries(self, answer: Answer) -> None:
        messages = json.loads(answer.body).get("Messages", []) if answer.status == 200 else []
        with self._lock:
            self.deliveries.update(message["MessageId"] for message in messages)

    def _count(self, what: str) -> None:
        with self._lock:
            self.struck[what] += 1


def _handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # an answer in two packets would else wait for the first one's delayed ACK

        def serve(self) -> None:
            """Answers one request."""
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            if len(body) < length:  # its sender was killed meanwhile
                self.close_connection = True
                return
            call = Call(self.command, self.path, tuple(self.headers.items()), body)
            try:
                answer = proxy.handle(call)
            except HTTPError:
                answer = BUSY
            if answer is None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response_only(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body if self.command != "HEAD" else b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """The run's own report is enough."""

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                self.close_connection = True

    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.serve)
    return Handler
