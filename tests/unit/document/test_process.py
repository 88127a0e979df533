"""Rendering in a child process: the same bytes, and a child that hangs, dies or is left alone costs nobody else."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.common.errors import Park, Unavailable
from services.document.process import RenderingProcess
from services.document.rendering import render_invoice
from tests.support.credits import credit_note
from tests.support.invoices import SINGAPORE, buyer, invoice

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def process() -> Iterator[RenderingProcess]:
    process = RenderingProcess()
    yield process
    process.close()


def child_of(process: RenderingProcess) -> int:
    assert process._child is not None
    pid = process._child._process.pid
    assert pid is not None
    return pid


def gone(pid: int) -> bool:
    for _ in range(300):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.1)
    return False


def test_it_gives_the_bytes_of_the_renderer(process: RenderingProcess) -> None:
    for document in (invoice(), credit_note(invoice(), {1: 20}), invoice(seller=SINGAPORE)):
        assert process.render(document) == render_invoice(document)


def test_a_refusal_comes_through_and_the_next_document_prints(process: RenderingProcess) -> None:
    before = child_of(process)
    with pytest.raises(Park, match="add a font for its script"):
        process.render(invoice(buyer("한국전자")))
    assert process.render(invoice()) == render_invoice(invoice())
    assert child_of(process) == before


def test_a_child_that_dies_is_replaced(process: RenderingProcess) -> None:
    os.kill(child_of(process), signal.SIGKILL)
    with pytest.raises(Unavailable, match="EU-2026-000123 died"):
        process.render(invoice())
    assert process.render(invoice()) == render_invoice(invoice())


def test_a_document_that_takes_too_long_is_parked_and_its_process_ended() -> None:
    process = RenderingProcess()
    process.render(invoice())
    stuck = child_of(process)
    os.kill(stuck, signal.SIGSTOP)
    process._seconds = 0.2
    with pytest.raises(Park, match=r"EU-2026-000123 could not be printed in 0.2 s"):
        process.render(invoice())
    assert gone(stuck)
    process._seconds = 20
    assert process.render(invoice()) == render_invoice(invoice())
    process.close()


def test_the_child_ends_with_a_killed_parent() -> None:
    program = (
        "import os, signal\n"
        "from services.document.process import RenderingProcess\n"
        "from tests.support.invoices import invoice\n"
        "if __name__ == '__main__':\n"
        "    process = RenderingProcess(); process.render(invoice())\n"
        "    print(process._child._process.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    answer = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == -signal.SIGKILL
    assert gone(int(answer.stdout))
