"""What on this machine answers in place of what the cloud's own resources name: a file that `up` writes.

The emulator reads it anew whenever it needs it, so that neither has to be started before the other.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server that plays a cluster of Aurora.

    Attributes:
        program: its name at the supervisor.
        sockets: the directory of its Unix socket.
        data: its data directory.
        binaries: the directory of PostgreSQL's programs.
        supervisor: the socket of the supervisor that runs it: each region has its own.
    """

    program: str
    sockets: str
    data: str
    binaries: str
    supervisor: str


@dataclass(frozen=True)
class StandIns:
    """Who answers.

    Attributes:
        hosts: URLs without a slash at the end, by the names that health checks ask.
        servers: by the ARNs of the clusters that they play.
        writer: the directory that leads to the server that writes.
    """

    hosts: Mapping[str, str] = field(default_factory=dict)
    servers: Mapping[str, Server] = field(default_factory=dict)
    writer: str = ""

    @classmethod
    def load(cls, path: Path) -> Self:
        """As last written; nobody, before that, or where an older version wrote it."""
        try:
            told = json.loads(path.read_text())
            return cls(**{**told, "servers": {arn: Server(**server) for arn, server in told["servers"].items()}})
        except (FileNotFoundError, KeyError, TypeError):
            return cls()

    def save(self, path: Path) -> None:
        """Replace the file at once: the emulator may be reading it."""
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(asdict(self), indent=2))
        draft.replace(path)
