"""What the supervisor is asked to run, and how supervisord is told so."""

import hashlib
import json
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, Self

LONGEST_BACKOFF_SECONDS = 300
"""supervisord waits one second longer after each failed start; this is where it gives up, about where Kubernetes stops
growing its own back-off."""


STEADY_SECONDS = 5
"""A program that ends sooner than this after its start is held back; importing its modules alone may take a second."""


class Tier(IntEnum):
    """The order of starting; stopping goes the other way."""

    INFRASTRUCTURE = 1
    APPLICATION = 2


@dataclass(frozen=True)
class Program:
    """One process that is restarted whenever it ends.

    Attributes:
        name: unique on the machine; also the name of its log.
        command: the executable, as an absolute path, and its arguments.
        environment: all of its environment; nothing is inherited.
        directory: its working directory.
        user: whom it runs as, if not as the caller; needs root.
        stop_seconds: the time from the stop signal to SIGKILL.
        stop_signal: the signal of an orderly stop, without `SIG`.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    directory: Path
    user: str | None = None
    stop_seconds: int = 10
    stop_signal: str = "TERM"

    def to_json(self) -> str:
        """The program as the leash and a later command read it."""
        return json.dumps({**asdict(self), "environment": dict(self.environment), "directory": str(self.directory)})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The inverse of `to_json`."""
        fields: dict[str, Any] = json.loads(text)
        return cls(**{**fields, "command": tuple(fields["command"]), "directory": Path(fields["directory"])})


@dataclass(frozen=True)
class ProgramStatus:
    """How a program does.

    Attributes:
        name: the program's name.
        state: supervisord's word: STARTING, RUNNING, BACKOFF, STOPPING, STOPPED, EXITED or FATAL.
        pid: its process, if there is one.
        uptime_seconds: since its last start; 0 if it is not running.
        tier: which of the two sets of programs it belongs to.
    """

    name: str
    state: str
    pid: int | None
    uptime_seconds: float
    tier: Tier


def section(program: Program, tier: Tier, leash: Iterable[str], logs: Path) -> str:
    """The program's section of supervisord's configuration.

    The leash reads the program from a file, so that no environment has to pass through an INI file's quoting rules. The
    digest makes supervisord see any change as a change of the command.
    """
    digest = hashlib.sha256(program.to_json().encode()).hexdigest()[:12]
    settings = {
        "command": shlex.join([*leash, digest]),
        "priority": int(tier),
        "autorestart": "true",
        "startsecs": STEADY_SECONDS,
        "startretries": LONGEST_BACKOFF_SECONDS,
        "stopsignal": program.stop_signal,
        "stopwaitsecs": program.stop_seconds,
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": logs / f"{program.name}.log",
        "stdout_logfile_maxbytes": "5MB",
        "stdout_logfile_backups": 2,
    }
    return ini(f"program:{program.name}", settings)


def ini(title: str, settings: Mapping[str, object]) -> str:
    """A section of an INI file, with supervisord's interpolation sign escaped."""
    lines = (f"{key} = {str(value).replace('%', '%%')}" for key, value in settings.items())
    return "\n".join([f"[{title}]", *lines, ""])
