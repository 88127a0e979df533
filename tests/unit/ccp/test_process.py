"""The program as the supervisor runs it: over a socket, killed and started again."""

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import urllib3

from local.ccp.catalogue import Product

ROOT = Path(__file__).parents[3]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(port: int, ledger: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "local.ccp", "--host", "127.0.0.1", "--port", str(port), "--ledger", str(ledger)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        until = time.monotonic() + 20
        while not reachable(port):
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < until, "the simulator did not start in 20 s"
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=20)


def reachable(port: int) -> bool:
    try:
        return urllib3.request("GET", f"http://127.0.0.1:{port}/healthz", retries=False).status == 200
    except urllib3.exceptions.HTTPError:
        return False


def test_a_dropped_answer_leaves_the_sale_and_a_kill_leaves_the_ledger(
    tmp_path: Path, order: dict[str, object], product: Product
) -> None:
    port, ledger = free_port(), tmp_path / "ccp" / "sales.sqlite3"
    base = f"http://127.0.0.1:{port}"
    headers = {"Idempotency-Key": "order-1"}
    with running(port, ledger) as process:
        urllib3.request("PUT", f"{base}/simulator/faults", json={"dropAfterAcceptRate": 1})
        with pytest.raises(urllib3.exceptions.ProtocolError) as dropped:
            urllib3.request("POST", f"{base}/create-order", json=order, headers=headers, retries=False)
        assert isinstance(dropped.value.args[1], http.client.RemoteDisconnected | ConnectionResetError)
        process.kill()
        process.wait()
    with running(port, ledger) as process:
        sold = urllib3.request("GET", f"{base}/sales?idempotencyKey=order-1").json()["sales"]
        assert len(sold) == 1
        replayed = urllib3.request("POST", f"{base}/create-order", json=order, headers=headers)
        assert json.loads(replayed.data) == sold[0]["answer"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        command = [sys.executable, "-m", "local.ccp", "--host", "127.0.0.1", "--port", str(port)]
        command += ["--ledger", str(tmp_path / "sales.sqlite3")]
        found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert found.stderr.strip() == f"ccp: cannot listen on 127.0.0.1:{port}: Address already in use"
