"""Tests beside the bed, of the platform as `make up` makes it and of the order service before the CCP: a run of each,
and the figures that it prints.
"""

import os
import subprocess
import sys
import time
from dataclasses import dataclass

from tests.support.checkout import ROOT

LONGEST_SECONDS = 1800


@dataclass(frozen=True)
class Trial:
    """A file of tests whose printed lines are figures."""

    name: str
    file: str


@dataclass(frozen=True)
class Verdict:
    """What came of a trial."""

    trial: Trial
    passed: bool
    figures: tuple[str, ...]
    seconds: float


TRIALS = (
    Trial("5,000 orders before a CCP that errs in 30 % of its calls, with keys and without", "test_ccp_faults.py"),
    Trial("orders under load", "test_load.py"),
    Trial("SIGKILL for every program in turn", "test_kill_each.py"),
)


def run(trial: Trial) -> Verdict:
    """Runs the tests of the file; what they print is kept."""
    began = time.monotonic()
    command = (
        sys.executable,
        "-m",
        "pytest",
        "-m",
        "chaos",
        "-s",
        "-q",
        os.fspath(ROOT / "tests" / "chaos" / trial.file),
    )
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return Verdict(trial, False, (f"not done after {LONGEST_SECONDS} s",), time.monotonic() - began)
    lines = tuple(line for line in done.stdout.splitlines() if _tells(line, passed=done.returncode == 0))
    return Verdict(trial, done.returncode == 0, lines, time.monotonic() - began)


def _tells(line: str, *, passed: bool) -> bool:
    """Whether a line is a figure, or why there is none; pytest's dots and its last line are not."""
    text = line.strip(" .")
    if not text or text[0] in "=[":
        return False
    return "passed" not in text if passed else text.startswith(("E ", "FAILED"))
