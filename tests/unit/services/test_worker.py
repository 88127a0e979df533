"""A worker process: its health answers, and its orderly end."""

import os
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest

from services.common.errors import Unavailable
from services.common.pipeline import worker
from services.common.pipeline.health import Heartbeat, serve_health
from services.common.settings import ProcessSettings


def settings() -> ProcessSettings:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return ProcessSettings.read(
        {
            "SERVICE_NAME": "test", "REGION_NAME": "eu", "AWS_REGION": "eu-west-1", "LOG_LEVEL": "INFO",
            "POD_IP": "127.0.0.1", "PORT": str(port),
        }
    )  # fmt: skip


def status(given: ProcessSettings, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://{given.pod_ip}:{given.port}{path}", timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code


def test_health_follows_the_loop_and_readiness_its_dependencies() -> None:
    def unavailable() -> None:
        raise Unavailable("no database")

    alive = True
    ready: Callable[[], None] = unavailable
    given = settings()
    server = serve_health(given, lambda: alive, lambda: ready())  # noqa: PLW0108 - rebound below
    try:
        assert (status(given, "/healthz"), status(given, "/readyz"), status(given, "/other")) == (200, 503, 404)
        alive, ready = False, lambda: None
        assert (status(given, "/healthz"), status(given, "/readyz")) == (503, 200)
    finally:
        server.shutdown()
        server.server_close()


def test_a_silent_loop_counts_as_stuck() -> None:
    heart = Heartbeat(limit_seconds=0.01)
    assert heart.alive()
    time.sleep(0.02)
    assert not heart.alive()


@pytest.fixture
def restored_signals() -> object:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_sigterm_lets_the_loops_finish(restored_signals: object) -> None:
    ended: list[str] = []

    def loop(stop: threading.Event, beat: Callable[[], None]) -> None:
        beat()
        threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGTERM)).start()
        stop.wait(10)
        ended.append("finished the work in hand")

    assert worker.run(settings(), lambda: None, {"loop": loop}) == 0
    assert ended


def test_a_loop_that_dies_ends_the_process(restored_signals: object) -> None:
    assert worker.run(settings(), lambda: None, {"loop": lambda stop, beat: None}) == 1
