"""One probe over a real socket."""

import asyncio
import socket
from collections.abc import Iterator

import pytest

from local.cluster.http_probe import check
from local.cluster.probes import Probe
from tests.unit.cluster.envoy import Upstream, free_port, upstream


@pytest.fixture
def pod() -> Iterator[Upstream]:
    with upstream({"/good": (204, {}), "/moved": (301, {}), "/bad": (503, {}), "/lost": (0, {})}) as server:
        yield server


def _probe(port: int, path: str) -> str | None:
    return asyncio.run(check("127.0.0.1", Probe(path, port, timeout_seconds=0.3)))


@pytest.mark.parametrize("path", ["/good", "/moved"])
def test_an_answer_below_400_passes(pod: Upstream, path: str) -> None:
    assert _probe(pod.port, path) is None


def test_an_answer_of_400_and_above_fails(pod: Upstream) -> None:
    assert _probe(pod.port, "/bad") == "GET /bad: HTTP 503"


def test_a_lost_answer_fails(pod: Upstream) -> None:
    assert _probe(pod.port, "/lost") == "GET /lost: the answer is not HTTP"


def test_a_closed_port_fails() -> None:
    assert _probe(free_port(), "/good") == "GET /good: Connection refused"


def test_silence_fails_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert _probe(silent.getsockname()[1], "/good") == "GET /good: no answer within 0.3 s"
