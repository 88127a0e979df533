"""Become a program in a way that it cannot outlive its supervisor: `python -I -S leash.py <program.json>`.

Only the standard library is used, and little of it: this runs at the start of every process.
"""

import ctypes
import json
import os
import signal
import sys

HOLDER = "LEASH_HOLDER"
"""The variable that carries the pid whose end must also be the program's end."""

PR_SET_PDEATHSIG = 1


def main(path: str) -> None:
    """Take the program's user, directory and environment, ask the kernel for the leash, and become the program."""
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 (pathlib costs a third of the start)
        program = json.load(file)
    if program["user"]:
        _become(program["user"])
    _hold(int(os.environ[HOLDER]))
    os.chdir(program["directory"])
    os.execve(program["command"][0], program["command"], program["environment"])  # noqa: S606


def _become(user: str) -> None:
    import pwd  # noqa: PLC0415 (needed by one program only)

    entry = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def _hold(holder: int) -> None:
    """The kernel forgets the request at a change of user, so it must come after that."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        sys.exit(f"leash: prctl: {os.strerror(ctypes.get_errno())}")
    if os.getppid() != holder:
        sys.exit("leash: the supervisor ended before the program began")


if __name__ == "__main__":
    main(sys.argv[1])
