"""The AWS emulator for tests: one process on a free loopback port."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

START_SECONDS = 30
STAND_INS = "stand-ins.json"
"""Where it looks for who answers on this machine."""


@contextlib.contextmanager
def running_emulator(directory: Path, *, as_on_one_machine: bool = False) -> Iterator[str]:
    """The URL of an emulator that keeps its files in the directory and ends with the block.

    Args:
        directory: for its files.
        as_on_one_machine: with what `make up` mends in it, which costs time at every message.
    """
    port = free_port()
    settings = {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "STATE_DIR": str(directory / "state"),
        "S3_DATA_DIR": str(directory / "s3"),
        "TMPDIR": str(directory),
    }
    files = ("messages.sqlite3", "access.jsonl", STAND_INS)
    mended = ("local.machine.emulator_server", *(str(directory / name) for name in files))
    command = (sys.executable, "-m", *(mended if as_on_one_machine else ("ministack",)))
    with (directory / "emulator.log").open("wb") as log:
        process = subprocess.Popen(command, env={**os.environ, **settings}, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(URLError, OSError), urlopen(f"{url}/_ministack/health", timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"the emulator at {url} did not start (exit status {process.poll()})")
