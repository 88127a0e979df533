"""The policy pack as the Pulumi engine starts it: a program that prints its port and answers over gRPC."""

import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import grpc
import pytest
from pulumi.runtime.proto import analyzer_pb2_grpc

import policies

FOLDER = Path(policies.__path__[0])
SECONDS = 60


def first_line(stream: IO[str]) -> str:
    """The stream's first line, or an empty one when none comes in time."""
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=lambda: lines.put(stream.readline()), daemon=True).start()
    try:
        return lines.get(timeout=SECONDS)
    except queue.Empty:
        return ""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of the pack, started by the engine's own command from the pack's folder."""
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:0", str(folder)]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stderr
    try:
        port = first_line(process.stdout).strip()
        if not port.isdigit():
            process.kill()
            pytest.fail(f"the pack announced no port: {process.stderr.read()}")
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=10)
        process.stdout.close()
        process.stderr.close()


@contextmanager
def connected() -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    """The pack of this repository, started anew."""
    with served(FOLDER) as address, grpc.insecure_channel(address) as channel:
        grpc.channel_ready_future(channel).result(timeout=SECONDS)
        yield analyzer_pb2_grpc.AnalyzerStub(channel)
