import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from local.machine import processes
from local.machine.errors import LocalError
from local.machine.layout import Layout
from local.machine.supervisor import Program, Supervisor
from local.machine.waiting import wait_until

SECONDS = 10.0


def sleeper(name: str, **environment: str) -> Program:
    return Program(name, ("/bin/sleep", "600"), environment, Path("/"))


def pid_of(supervisor: Supervisor, name: str) -> int | None:
    return next((program.pid for program in supervisor.status() if program.name == name), None)


def started(supervisor: Supervisor, *names: str) -> dict[str, int]:
    """The pids of exactly these programs, once each is the program itself and not its leash any more."""

    def ready() -> bool:
        pids = {program.name: program.pid for program in supervisor.status()}
        return set(pids) == set(names) and all(pid and is_sleep(pid) for pid in pids.values())

    assert wait_until(ready, SECONDS), supervisor.status()
    return {program.name: program.pid for program in supervisor.status() if program.pid}


def is_sleep(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).name() == "sleep"


def alive(pid: int) -> bool:
    return any(processes.alive(process) for process in processes.family(pid)[:1])


def gone(*pids: int) -> bool:
    return wait_until(lambda: not any(map(alive, pids)), SECONDS)


def test_apply_adds_replaces_and_removes_application_programs_only(supervisor: Supervisor) -> None:
    supervisor.start([sleeper("base")])
    supervisor.apply([sleeper("kept"), sleeper("changed"), sleeper("removed")])
    before = started(supervisor, "base", "kept", "changed", "removed")

    supervisor.apply([sleeper("kept"), sleeper("changed", SOME="other"), sleeper("added")])

    after = started(supervisor, "base", "kept", "changed", "added")
    assert after["base"] == before["base"]
    assert after["kept"] == before["kept"]
    assert after["changed"] != before["changed"]
    assert gone(before["changed"], before["removed"])


def test_another_supervisor_object_carries_on_where_the_first_one_left_off(
    supervisor: Supervisor, layout: Layout
) -> None:
    supervisor.start([sleeper("base")])
    supervisor.apply([sleeper("app")])
    before = started(supervisor, "base", "app")

    Supervisor(layout).start([sleeper("base")])

    assert started(supervisor, "base", "app") == before


def test_a_program_gets_its_own_environment_and_nothing_else(supervisor: Supervisor) -> None:
    tricky = {"QUOTED": "a 'b' \"c\", d=%(x)s ; # e", "EMPTY": "", "NAMES": "Ελένη 東京"}
    supervisor.start([sleeper("base", **tricky)])

    assert psutil.Process(started(supervisor, "base")["base"]).environ() == tricky


def test_restart_gives_a_new_process(supervisor: Supervisor) -> None:
    supervisor.start([sleeper("base")])
    before = started(supervisor, "base")["base"]

    supervisor.restart("base")

    assert started(supervisor, "base")["base"] != before
    assert gone(before)


def test_a_killed_program_comes_back(supervisor: Supervisor) -> None:
    supervisor.start([sleeper("base")])
    before = started(supervisor, "base")["base"]

    os.kill(before, signal.SIGKILL)

    assert wait_until(lambda: pid_of(supervisor, "base") not in {None, before}, SECONDS)


def test_restarting_an_unknown_program_is_refused(supervisor: Supervisor) -> None:
    supervisor.start([sleeper("base")])

    with pytest.raises(LocalError, match="BAD_NAME"):
        supervisor.restart("nobody")


def test_stop_leaves_no_process_and_kills_what_ignores_it(supervisor: Supervisor, layout: Layout) -> None:
    stubborn = ("/bin/sh", "-c", "trap '' TERM; /bin/sleep 600; /bin/sleep 600")
    supervisor.start([Program("stubborn", stubborn, {}, Path("/"), stop_seconds=1)])
    supervisor.apply([sleeper("app")])
    assert wait_until(lambda: len(supervisor.members()) >= 4, SECONDS)
    app = pid_of(supervisor, "app")
    assert app is not None
    daemon = psutil.Process(app).ppid()
    members = [process.pid for process in processes.family(daemon)]
    assert len(members) >= 4

    supervisor.stop()

    assert not any(map(alive, members))
    assert not supervisor.running()
    assert supervisor.status() == []
    assert list(layout.runtime.iterdir()) == []


def test_programs_die_with_a_killed_supervisor_and_the_next_start_works(supervisor: Supervisor) -> None:
    supervisor.start([sleeper("base")])
    supervisor.apply([sleeper("app")])
    before = started(supervisor, "base", "app")
    daemon = psutil.Process(before["app"]).ppid()

    os.kill(daemon, signal.SIGKILL)

    assert gone(*before.values())
    assert not supervisor.running()
    supervisor.start([sleeper("base")])
    assert set(started(supervisor, "base")) == {"base"}


def test_a_supervisor_that_cannot_start_says_where_to_look(layout: Layout) -> None:
    with pytest.raises(LocalError, match="did not start") as refusal:
        Supervisor(layout).start([Program("base", ("/bin/true",), {}, Path("/"), stop_signal="NOPE")])

    assert refusal.value.log is not None
    assert "NOPE" in refusal.value.log.read_text()


def test_a_run_that_is_not_kept_ends_with_the_command_that_began_it(supervisor: Supervisor, layout: Layout) -> None:
    script = "from tests.unit.machine.test_supervisor import begin_and_die; begin_and_die()"
    for kept in (True, False):
        begun = subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "LAYOUT": json.dumps([str(layout.state), str(layout.runtime)]), "KEEP": str(int(kept))},
            cwd=Path(__file__).parents[3],
            timeout=30,
            check=False,
        )
        assert begun.returncode == -signal.SIGKILL
        assert wait_until(lambda: supervisor.running() is False, 2.0) is not kept
        supervisor.stop()


def begin_and_die() -> None:
    """Starts a supervisor in a process of its own and kills that process, as an out-of-memory killer would."""
    state, runtime = map(Path, json.loads(os.environ["LAYOUT"]))
    beginning = Supervisor(Layout(state.parent, state, runtime, "127.64.0"))
    beginning.start([sleeper("base")])
    if os.environ["KEEP"] == "1":
        beginning.keep()
    os.kill(os.getpid(), signal.SIGKILL)
