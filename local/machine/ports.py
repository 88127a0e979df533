"""Addresses that nobody else on the machine uses: the checkout's own loopback subnet and its two public ports."""

import os
import socket
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace

import psutil

from local.machine.errors import LocalError
from local.machine.layout import REGIONS_DIRECTORY, SUBNET_FILE, Layout, digest_of, subnet_of

LOOPBACK = "127.0.0.1"
EVERY_ADDRESS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 (recognised, not bound)
ATTEMPTS = 50


@dataclass(frozen=True)
class Listener:
    """A TCP port that somebody listens on; the pid is unknown if the process is another user's."""

    address: str
    port: int
    pid: int | None


def listeners() -> tuple[Listener, ...]:
    """Every listening TCP socket of the machine."""
    return tuple(
        Listener(connection.laddr.ip, connection.laddr.port, connection.pid)
        for connection in psutil.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN and connection.laddr
    )


def claim_subnet(layout: Layout, held: Iterable[Listener]) -> Layout:
    """The layout with a subnet of its own: the one claimed before, otherwise the first that nobody has.

    The choice is kept, because queue URLs and other addresses that outlive a run contain it.
    """
    claim = layout.state / SUBNET_FILE
    if not claim.exists():
        machine = layout.machine.state
        claims = (machine / SUBNET_FILE, *machine.glob(f"{REGIONS_DIRECTORY}/*/{SUBNET_FILE}"))
        taken = {listener.address.rpartition(".")[0] for listener in held}
        taken |= {other.read_text().strip() for other in claims if other.exists()}
        layout.state.mkdir(parents=True, exist_ok=True)
        digest = digest_of(layout.state) if layout.region else layout.digest
        claim.write_text(free_subnet(digest, taken) + "\n")
    return replace(layout, subnet=claim.read_text().strip())


def free_subnet(digest: str, taken: Container[str]) -> str:
    """The first subnet in the order of preference of a path that is not taken."""
    for attempt in range(ATTEMPTS):
        subnet = subnet_of(digest, attempt)
        if subnet not in taken:
            return subnet
    raise LocalError(f"no free loopback subnet among {ATTEMPTS}, from {subnet_of(digest, 0)}.0/24 on")


def public_port(
    preferred: int, demanded: tuple[str, int] | None, held: Iterable[Listener], ours: Container[int]
) -> int:
    """The port to offer on 127.0.0.1.

    Args:
        preferred: taken if it is free, otherwise the next free one above it.
        demanded: the variable and the port that the user insists on.
        held: what the machine listens on.
        ours: pids of this run; a port they hold counts as free.

    Raises:
        LocalError: the demanded port is held by somebody else.
    """
    foreign = {
        listener.port: listener
        for listener in held
        if listener.address in {LOOPBACK, *EVERY_ADDRESS} and listener.pid not in ours
    }
    if demanded is None:
        return next(port for port in range(preferred, 65536) if port not in foreign)
    variable, port = demanded
    if port in foreign:
        raise LocalError(
            f"{variable}={port}: port {port} is held by {holder(foreign[port])}; stop it or choose another port"
        )
    return port


@dataclass(frozen=True)
class Reservation:
    """A public port that belongs to this run from the moment it was chosen.

    Until the program that will serve it starts, this process listens on it, so that no other run chooses it too.
    """

    port: int
    _listening: socket.socket | None

    def release(self) -> None:
        """Lets the program listen."""
        if self._listening is not None:
            self._listening.close()


def reserve(preferred: int, demanded: tuple[str, int] | None, ours: Container[int]) -> Reservation:
    """Chooses a public port as `public_port` does, and keeps others off it.

    Raises:
        LocalError: the demanded port is held by somebody else, or is not for this user to listen on.
    """
    refusal = 0
    for _ in range(ATTEMPTS):
        held = listeners()
        port = public_port(preferred, demanded, held, ours)
        if any(listener.port == port and listener.pid in ours for listener in held):
            return Reservation(port, None)
        try:
            return Reservation(port, socket.create_server((LOOPBACK, port)))
        except OSError as error:
            refusal = error.errno or 0  # Somebody was quicker, or holds it without listening: look again.
    wish = "{}={}: ".format(*demanded) if demanded else ""
    raise LocalError(f"{wish}cannot listen on port {port}: {os.strerror(refusal)}; choose another")


def serves(port: int, ours: Container[int], address: str = LOOPBACK) -> bool:
    """Whether one of our processes listens there, on 127.0.0.1 unless another address is given."""
    return any(
        (listener.address, listener.port) == (address, port) and listener.pid in ours for listener in listeners()
    )


def check_free(layout: Layout, held: Iterable[Listener], ours: Container[int]) -> None:
    """Refuse to start into a subnet that another program listens in.

    Raises:
        LocalError: names the program and the address.
    """
    for listener in held:
        if listener.address.startswith(f"{layout.subnet}.") and listener.pid not in ours:
            raise LocalError(f"{listener.address}:{listener.port} is held by {holder(listener)}; stop it and try again")


def answers(host: str, port: int) -> bool:
    """Whether anybody accepts connections there."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def holder(listener: Listener) -> str:
    """Who holds a port, for a message: the program and its pid."""
    if listener.pid is None:
        return "a program of another user"
    return f"{_name(listener.pid)} (pid {listener.pid})"


def _name(pid: int) -> str:
    try:
        return str(psutil.Process(pid).name())
    except psutil.NoSuchProcess:
        return "a program that has just ended"
