import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from local.machine import leash, processes
from local.machine.waiting import wait_until

PARENT = """
import os, subprocess, sys
os.environ["LEASH_HOLDER"] = str(os.getpid())
child = subprocess.Popen([sys.executable, "-I", "-S", *sys.argv[1:]])
print(child.pid, flush=True)
child.wait()
"""


def specification(folder: Path, **changes: object) -> Path:
    path = folder / "program.json"
    program: dict[str, object] = {"user": None, "directory": "/", "command": ["/bin/sleep", "600"], "environment": {}}
    path.write_text(json.dumps(program | changes))
    return path


def leashed(path: Path) -> tuple[subprocess.Popen[str], psutil.Process]:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, leash.__file__, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    assert wait_until(lambda: child.name() == "sleep", 10)
    return parent, child


def test_the_program_dies_with_its_killed_holder(tmp_path: Path) -> None:
    parent, child = leashed(specification(tmp_path))

    parent.kill()
    parent.communicate()

    assert wait_until(lambda: not processes.alive(child), 10)


def test_the_leash_holds_after_a_change_of_user(tmp_path: Path) -> None:
    user = "nobody" if os.geteuid() == 0 else None
    parent, child = leashed(specification(tmp_path, user=user))

    assert user is None or child.username() == user
    parent.send_signal(signal.SIGKILL)
    parent.communicate()

    assert wait_until(lambda: not processes.alive(child), 10)


def test_the_program_does_not_begin_without_its_holder(tmp_path: Path) -> None:
    path = specification(tmp_path, command=["/bin/sh", "-c", f"touch {tmp_path}/began"])

    ended = subprocess.run(
        [sys.executable, "-I", "-S", leash.__file__, str(path)],
        env={"LEASH_HOLDER": str(os.getppid())},
        capture_output=True,
        text=True,
        check=False,
        timeout=10,
    )

    assert ended.returncode != 0
    assert "the supervisor ended before" in ended.stderr
    assert not (tmp_path / "began").exists()
