"""The writer endpoint: a directory with one symbolic link, to the socket of the server that writes.

As the name of a global cluster does, it leads new connections elsewhere and leaves those that are open alone; those end
with the server that they are connected to. It costs nothing on the way, keeps the server's sight of who connects, and
asks nothing of clients, which `target_session_attrs` would.
"""

from pathlib import Path

from local.machine.postgres import PORT
from local.machine.stand_ins import Server

_SOCKET = f".s.PGSQL.{PORT}"


def lead(endpoint: Path, server: Server) -> None:
    """Lead to the server, from one moment to the next."""
    endpoint.mkdir(mode=0o711, exist_ok=True)
    link, draft = endpoint / _SOCKET, endpoint / "next"
    draft.unlink(missing_ok=True)
    draft.symlink_to(Path(server.sockets) / _SOCKET)
    draft.replace(link)
