"""The kubelet's judgement: thresholds, restarts, and what is shown meanwhile. Probes and processes are played."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.cluster.kubelet import Kubelet
from local.cluster.probes import Probe, Probes, Tally
from local.cluster.readiness import Board, PodReadiness, read_readiness
from local.cluster.spec import WatchedPod

QUICK = 0.001
STARTUP = Probe("/startup", 80, period_seconds=QUICK, failure_threshold=5)
READINESS = Probe("/readyz", 80, period_seconds=QUICK, success_threshold=2, failure_threshold=2)
LIVENESS = Probe("/healthz", 80, period_seconds=QUICK, failure_threshold=3)
POD = WatchedPod("order-0", "127.80.3.10", Probes(STARTUP, READINESS, LIVENESS))


class Machine:
    """A pod's process, its answers and what became of it."""

    def __init__(self) -> None:
        self.failing: set[str] = set()
        self.process: int | None = 100
        self.restarted: list[str] = []
        self.asked: list[str] = []

    def pid(self, name: str) -> int | None:
        return self.process

    def restart(self, name: str) -> None:
        self.restarted.append(name)
        self.process = (self.process or 0) + 1
        self.failing.clear()

    async def check(self, ip: str, probe: Probe) -> str | None:
        self.asked.append(probe.path)
        return "HTTP 500" if probe.path in self.failing or self.process is None else None


class Watch:
    """A kubelet at work on one pod."""

    def __init__(self, path: Path, machine: Machine) -> None:
        self._path = path
        self.machine = machine

    @property
    def shown(self) -> PodReadiness:
        return read_readiness(self._path)["order-0"]

    async def asked_again(self, times: int) -> None:
        before = len(self.machine.asked)
        await _until(lambda: len(self.machine.asked) >= before + times)


async def _until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not done():  # noqa: ASYNC110 - what is awaited may lie in a file
            await asyncio.sleep(QUICK)


def _watch(
    path: Path, story: Callable[[Watch], Awaitable[None]], pod: WatchedPod = POD, machine: Machine | None = None
) -> None:
    async def run() -> None:
        watch = Watch(path, machine or Machine())
        async with asyncio.TaskGroup() as group:
            kubelet = Kubelet(group, Board(path), watch.machine, watch.machine.check)
            kubelet.watch((pod,))
            try:
                await story(watch)
            finally:
                kubelet.watch(())

    asyncio.run(run())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "readiness.json"


def test_a_pod_becomes_started_and_then_ready(path: Path) -> None:
    async def story(watch: Watch) -> None:
        await _until(lambda: watch.shown.started)
        await _until(lambda: watch.shown.ready)
        assert (watch.shown.restarts, watch.shown.reason) == (0, "")

    _watch(path, story)


def test_no_other_probe_is_made_before_the_startup_probe_has_passed(path: Path) -> None:
    machine = Machine()
    machine.failing = {"/startup"}

    async def story(watch: Watch) -> None:
        await _until(lambda: len(machine.asked) >= 3)
        assert set(machine.asked) == {"/startup"}
        assert not watch.shown.started

    _watch(path, story, machine=machine)


def test_a_startup_that_fails_too_often_is_a_restart(path: Path) -> None:
    machine = Machine()
    machine.failing = {"/startup"}

    async def story(watch: Watch) -> None:
        await _until(lambda: watch.shown.ready)
        assert machine.asked.count("/startup") == 6
        assert machine.restarted == ["order-0"]
        assert watch.shown.restarts == 1

    _watch(path, story, machine=machine)


def test_an_unready_pod_is_shown_but_not_restarted(path: Path) -> None:
    async def story(watch: Watch) -> None:
        await _until(lambda: watch.shown.ready)
        watch.machine.failing = {"/readyz"}
        await _until(lambda: not watch.shown.ready)
        await watch.asked_again(20)
        assert watch.machine.restarted == []
        assert (watch.shown.started, watch.shown.reason) == (True, "HTTP 500")
        watch.machine.failing.clear()
        await _until(lambda: watch.shown.ready)

    _watch(path, story)


def test_a_pod_that_is_not_alive_is_restarted_and_starts_afresh(path: Path) -> None:
    async def story(watch: Watch) -> None:
        await _until(lambda: watch.shown.ready)
        starts = watch.machine.asked.count("/startup")
        watch.machine.failing = {"/healthz"}
        await _until(lambda: watch.machine.restarted == ["order-0"])
        await _until(lambda: watch.shown.ready and watch.shown.restarts == 1)
        assert watch.machine.asked.count("/startup") > starts

    _watch(path, story)


def test_a_pod_whose_process_is_gone_is_unready_and_its_next_one_counts_as_a_restart(path: Path) -> None:
    pod = WatchedPod("order-0", "127.80.3.10", Probes(STARTUP, READINESS, None))

    async def story(watch: Watch) -> None:
        await _until(lambda: watch.shown.ready)
        watch.machine.process = None
        await _until(lambda: not watch.shown.ready)
        assert not watch.shown.started
        watch.machine.process = 200
        await _until(lambda: watch.shown.ready and watch.shown.restarts == 1)
        assert watch.machine.restarted == []

    _watch(path, story, pod)


def test_a_process_that_comes_late_is_no_restart(path: Path) -> None:
    machine = Machine()
    machine.process = None

    async def story(watch: Watch) -> None:
        await _until(lambda: len(machine.asked) >= 2)
        machine.process = 100
        await _until(lambda: watch.shown.ready)
        assert watch.shown.restarts == 0

    _watch(path, story, machine=machine)


def test_a_pod_without_probes_is_ready_at_once(path: Path) -> None:
    async def story(watch: Watch) -> None:
        await _until(lambda: watch.shown.ready)
        assert watch.machine.asked == []

    _watch(path, story, WatchedPod("order-0", "127.80.3.10", Probes()))


def test_a_spec_read_again_leaves_unchanged_pods_alone(path: Path) -> None:
    machine = Machine()
    other = WatchedPod("relay-0", "127.80.3.11", POD.probes)

    async def run() -> None:
        async with asyncio.TaskGroup() as group:
            kubelet = Kubelet(group, Board(path), machine, machine.check)
            kubelet.watch((POD,))
            await _until(lambda: read_readiness(path)["order-0"].ready)
            since = read_readiness(path)["order-0"].since
            kubelet.watch((POD, other))
            assert read_readiness(path)["order-0"] == PodReadiness(started=True, ready=True, since=since)
            assert not read_readiness(path)["relay-0"].ready
            kubelet.watch((other,))
            assert set(read_readiness(path)) == {"relay-0"}
            kubelet.watch(())

    asyncio.run(run())


@pytest.mark.parametrize(
    ("outcomes", "good"),
    [("+", False), ("++", True), ("+-+", False), ("++-", True), ("++--", True), ("++-+--", True), ("++---", False)],
)
def test_only_outcomes_in_a_row_reach_a_threshold(outcomes: str, good: bool) -> None:
    tally = Tally(Probe("/", 80, success_threshold=2, failure_threshold=3), good=False)
    for outcome in outcomes:
        tally.record(passed=outcome == "+")
    assert tally.good is good


def test_the_file_is_written_only_when_something_changes(path: Path) -> None:
    board = Board(path, now=lambda: datetime(2026, 1, 2, tzinfo=UTC))
    board.keep(["order-0"])
    board.set("order-0", started=True, ready=True)
    path.unlink()
    board.set("order-0", started=True, ready=True)
    assert not path.exists()
    board.blame("order-0", "HTTP 503")
    assert json.loads(path.read_text())["order-0"]["since"] == "2026-01-02T00:00:00.000+00:00"
    assert [entry.name for entry in path.parent.iterdir()] == ["readiness.json"]
