"""SIGKILL for every process in turn, under load: the supervisor brings it back, and every order is mailed once."""

import os
import signal
import time

import psutil
import pytest

from local.machine.layout import layout_of
from local.machine.supervisor import Supervisor
from tests.chaos.load import Load
from tests.support.accounts import violations
from tests.support.platform import Platform

pytestmark = pytest.mark.chaos
ORDERS, CLIENTS = 100, 4
BACK_SECONDS = 60.0


def test_every_order_is_mailed_once(platform: Platform) -> None:
    supervisor = Supervisor(layout_of(platform.checkout.root))
    load = Load(platform, orders=ORDERS, clients=CLIENTS)
    killed = [_kill(supervisor, program.name, load) for program in supervisor.status()]
    outcomes = load.outcomes()
    assert [outcome.order["state"] for outcome in outcomes] == ["EMAILED"] * ORDERS
    assert _settled(platform) == []
    slowest = max(outcome.seconds for outcome in outcomes)
    print(f"\n{ORDERS} orders, {len(killed)} kills, slowest order {slowest:.1f} s\n" + "\n".join(killed))


def _kill(supervisor: Supervisor, name: str, load: Load) -> str:
    """Kills the program's process and all below it; returns when another one runs in its place."""
    pid = next(program.pid for program in supervisor.status() if program.name == name)
    assert pid is not None
    victims = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    began, done = time.monotonic(), load.done
    for victim in victims:
        os.kill(victim.pid, signal.SIGKILL)
    while time.monotonic() < began + BACK_SECONDS:
        now = next(program for program in supervisor.status() if program.name == name)
        if now.state == "RUNNING" and now.pid not in (None, pid):
            return f"{name}: {len(victims)} processes, back after {time.monotonic() - began:.1f} s, {done} orders done"
        time.sleep(0.1)
    raise AssertionError(f"{name} did not come back within {BACK_SECONDS:.0f} s")


def _settled(platform: Platform) -> list[str]:
    """What does not add up once late duplicates have been taken off the queues."""
    until = time.monotonic() + 150
    found = violations(platform)
    while found and time.monotonic() < until:
        time.sleep(2)
        found = violations(platform)
    return found
