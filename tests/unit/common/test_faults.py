"""Crash points: off unless a test asks, never twice for one order, and impossible in a pod."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from services.common import faults
from services.common.settings import FaultSettings, SettingsError
from tests.support.checkout import ROOT

DIES = """
import sys
from services.common import faults
from services.common.settings import FaultSettings
faults.arm(FaultSettings.read())
faults.crash_point("C4", "another")
for order in sys.argv[1:]:
    faults.crash_point("C5", order)
"""


def run(directory: Path, points: str, *orders: str) -> int:
    variables = {"PYTHONPATH": str(ROOT), "POD_IP": "127.0.0.1", "CHAOS_DIRECTORY": str(directory)}
    command = (sys.executable, "-c", DIES, *orders)
    return subprocess.run(command, env={**variables, "CRASH_POINTS": points}, check=False).returncode


def settings(**variables: str) -> FaultSettings:
    return FaultSettings.read({"POD_IP": "127.0.0.1", "CHAOS_DIRECTORY": "/tmp", **variables})


def test_an_armed_point_kills_once_for_each_order_and_records_it(tmp_path: Path) -> None:
    assert run(tmp_path, "C5=2", "a", "b") == -signal.SIGKILL
    assert run(tmp_path, "C5=2", "a", "b", "c") == -signal.SIGKILL
    assert (tmp_path / "C5").read_text().splitlines() == ["a", "b"]


def test_it_kills_no_more_often_than_it_is_told(tmp_path: Path) -> None:
    assert run(tmp_path, "C5=1", "a") == -signal.SIGKILL
    assert run(tmp_path, "C5=1", "b") == 0
    assert (tmp_path / "C5").read_text().splitlines() == ["a"]


def test_nothing_is_armed_by_default() -> None:
    faults.arm(FaultSettings.read({"POD_IP": "127.0.0.1"}))
    for point in faults.POINTS:
        faults.crash_point(point, "an order")


def test_an_unknown_point_is_refused() -> None:
    with pytest.raises(LookupError, match="C99"):
        faults.arm(settings(CRASH_POINTS="C99=1"))


@pytest.mark.parametrize("address", ["10.0.12.7", "", "fd00::7", "pod"])
def test_a_pod_refuses_to_be_armed(address: str) -> None:
    with pytest.raises(SettingsError, match="loopback"):
        settings(POD_IP=address, CRASH_POINTS="C5=1")


def test_without_a_place_for_its_hits_nothing_is_armed() -> None:
    with pytest.raises(SettingsError, match="CHAOS_DIRECTORY"):
        FaultSettings.read({"POD_IP": "127.0.0.1", "CRASH_POINTS": "C5=1"})


@pytest.mark.parametrize("points", ["C5=0", "C5=often"])
def test_a_count_that_is_none_is_refused(points: str) -> None:
    with pytest.raises(SettingsError):
        settings(CRASH_POINTS=points)


def test_every_point_stands_in_the_services_once() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "services").rglob("*.py"))
    assert {point: source.count(f'crash_point("{point}"') for point in faults.POINTS} == dict.fromkeys(faults.POINTS, 1)
    assert os.environ.get("CRASH_POINTS") is None
