"""SIGKILL for every process in turn, under load: the supervisor brings it back, and every order is mailed once."""

import time
from contextlib import suppress

import psutil
import pytest

from local.machine.layout import layout_of
from local.machine.supervisor import Supervisor
from tests.chaos.load import Load
from tests.support.accounts import violations
from tests.support.platform import Platform

pytestmark = pytest.mark.chaos
ORDERS, CLIENTS = 100, 8
BACK_SECONDS = 60.0
STALL_SECONDS = 20.0


def test_every_order_is_mailed_once(platform: Platform) -> None:
    supervisor = Supervisor(layout_of(platform.checkout.root))
    programs = [program.name for program in supervisor.status()]
    load = Load(platform, orders=ORDERS, clients=CLIENTS)
    killed = []
    for turn, name in enumerate(programs):
        _wait_for(load, turn * ORDERS // (len(programs) + 1))
        assert load.done < ORDERS, f"there was no load left when it was the turn of {name}"
        killed.append(_kill(supervisor, name, load))
    outcomes = load.outcomes()
    assert [outcome.order["state"] for outcome in outcomes] == ["EMAILED"] * ORDERS
    assert _settled(platform) == []
    slowest = max(outcome.seconds for outcome in outcomes)
    print(f"\n{ORDERS} orders, {len(killed)} kills, slowest order {slowest:.1f} s\n" + "\n".join(killed))


def _wait_for(load: Load, done: int) -> None:
    """Returns when so many orders have ended, or when the kill before holds the rest up."""
    until = time.monotonic() + STALL_SECONDS
    while load.done < done and time.monotonic() < until:
        time.sleep(0.05)


def _kill(supervisor: Supervisor, name: str, load: Load) -> str:
    """Kills the program's process and all below it; returns when another one runs in its place."""
    pid = _pid(supervisor, name)
    assert pid is not None, f"{name} does not run"
    victims = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    began, done = time.monotonic(), load.done
    for victim in victims:
        with suppress(psutil.NoSuchProcess):
            victim.kill()
    while _pid(supervisor, name) in (None, pid):
        assert time.monotonic() < began + BACK_SECONDS, f"{name} did not come back within {BACK_SECONDS:.0f} s"
        time.sleep(0.05)
    return f"{done:3} orders done: {name}, {len(victims)} processes, replaced after {time.monotonic() - began:.1f} s"


def _pid(supervisor: Supervisor, name: str) -> int | None:
    return next(program.pid for program in supervisor.status() if program.name == name)


def _settled(platform: Platform) -> list[str]:
    """What does not add up once late duplicates have been taken off the queues."""
    until = time.monotonic() + 150
    found = violations(platform)
    while found and time.monotonic() < until:
        time.sleep(2)
        found = violations(platform)
    return found
