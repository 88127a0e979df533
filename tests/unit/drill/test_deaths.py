"""At which steps a controller is killed, and that it is."""

import signal
import subprocess
import sys

import pytest

from tests.drill.scenarios.deaths import chosen
from tests.support.checkout import ROOT

STEPS = [
    "before ledger.read", "after ledger.read", "before ledger.write", "after ledger.write",
    "before admission.admit", "after admission.admit", "before admission.unfinished", "after admission.unfinished",
    "before admission.unfinished", "after admission.unfinished", "before ledger.write", "after ledger.write",
]  # fmt: skip
PROGRAM = """
from tests.drill.tick import Deadly
class Port:
    def read(self, what):
        print("read", what)
        return what
port = Deadly({at}).watched("ledger", Port())
port.read(1)
port.read(2)
"""


def test_it_is_killed_where_something_has_begun_and_of_what_is_repeated_once() -> None:
    assert chosen(STEPS) == [
        "before admission.admit#1", "after admission.admit#1", "before admission.unfinished#1",
        "after admission.unfinished#1", "before ledger.write#2", "after ledger.write#2",
    ]  # fmt: skip


def test_without_an_admission_it_is_killed_from_the_switch_on() -> None:
    assert chosen(["before ledger.read", "before database.switch", "after database.switch"]) == [
        "before database.switch#1",
        "after database.switch#1",
    ]


@pytest.mark.parametrize(
    ("at", "printed"),
    [
        ("before ledger.read#1", "before ledger.read\n"),
        ("after ledger.read#1", "before ledger.read\nread 1\nafter ledger.read\n"),
        ("before ledger.read#2", "before ledger.read\nread 1\nafter ledger.read\nbefore ledger.read\n"),
    ],
)
def test_a_process_dies_at_its_step_and_has_told_it(at: str, printed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-u", "-c", PROGRAM.format(at=repr(at))],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    assert done.stdout == printed
