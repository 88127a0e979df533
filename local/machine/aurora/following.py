"""The servers of one database in several regions: one writes, the others follow it, and each may become the one."""

from collections.abc import Mapping
from pathlib import Path

from local.machine.aurora import endpoint
from local.machine.aurora.standby import SIGNAL, is_standby, make_standby
from local.machine.errors import LocalError
from local.machine.layout import Layout
from local.machine.postgres import PORT, SUPERUSER, Postgres

WRITER = "writer"


class Servers:
    """All members' servers.

    Args:
        writer: the directory of the endpoint.
        homes: the places of each member's server, by its name; the first writes first.
        synchronous: whether a write waits for a standby to have it. Then none is lost with the server, and none is
            taken while no standby follows.
    """

    def __init__(self, writer: Path, homes: Mapping[str, Layout], *, synchronous: bool = False) -> None:
        self.writer = writer
        self.all = tuple(
            Postgres(home, member, _settings(f"postgres-{member}", writer, synchronous=synchronous))
            for member, home in homes.items()
        )

    def prepare(self) -> None:
        """Create the first server at the first run, and lead to whichever writes.

        Raises:
            LocalError: `initdb` failed.
        """
        if not any(server.made for server in self.all):
            self.all[0].prepare()
        for server in self.all:
            if server.made:
                server.prepare()
        endpoint.lead(self.writer, self.leader.server)

    @property
    def leader(self) -> Postgres:
        """The one that is to write.

        Raises:
            LocalError: none is, for a switch was interrupted at its only step that has no way back.
        """
        for server in self.made:
            if not is_standby(server.data):
                return server
        names = " or ".join(server.name for server in self.made)
        raise LocalError(
            f"{names}: none is to write, for a switch was interrupted; remove {SIGNAL} from the data directory of the "
            "one that was to take over, which has everything"
        )

    @property
    def made(self) -> tuple[Postgres, ...]:
        """Those that can be started."""
        return tuple(server for server in self.all if server.made)

    def copy_missing(self) -> None:
        """Create the servers that are not there yet; the leader has to answer.

        Raises:
            LocalError: a copy failed.
        """
        for server in self.all:
            if not server.made:
                server.copy(self.leader.sockets)
                make_standby(server.data)


def _settings(name: str, writer: Path, *, synchronous: bool) -> dict[str, str]:
    return {
        "primary_conninfo": f"host={writer} port={PORT} user={SUPERUSER} application_name={name}",
        "synchronous_standby_names": "ANY 1 (*)" if synchronous else "",
        "wal_keep_size": "512MB",  # who is away for longer has to be copied anew
        "wal_retrieve_retry_interval": "100ms",
    }
