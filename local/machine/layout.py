"""Where one checkout keeps its state, its sockets and its loopback addresses."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

STATE_DIRECTORY = ".local"
SUBNET_FILE = "subnet"
FIRST_SUBNET = 64
SUBNETS = 64


@dataclass(frozen=True)
class Layout:
    """The places of one checkout; two checkouts share none of them.

    Attributes:
        root: the checkout.
        state: everything that survives `down`.
        runtime: Unix sockets and pid files. It lies in /tmp because a socket's path may have 107 bytes only.
        subnet: the first three octets of the checkout's own loopback /24, for example `127.71.203`.
    """

    root: Path
    state: Path
    runtime: Path
    subnet: str

    @property
    def logs(self) -> Path:
        """One file for each program, `<name>.log`."""
        return self.state / "logs"

    @property
    def digest(self) -> str:
        """Eight hexadecimal digits that tell this checkout from others on the machine."""
        return digest_of(self.root)

    def address(self, host: int) -> str:
        """The loopback address of one host, 1 to 254, in the checkout's subnet."""
        return f"{self.subnet}.{host}"


def layout_of(root: Path) -> Layout:
    """The places of the checkout at `root`; creates nothing.

    The subnet is the one the checkout has claimed (see `ports.claim_subnet`), otherwise the one it would try first.
    """
    root = root.resolve()
    state = root / STATE_DIRECTORY
    claimed = state / SUBNET_FILE
    subnet = claimed.read_text().strip() if claimed.exists() else subnet_of(digest_of(root), attempt=0)
    return Layout(root, state, Path(f"/tmp/cloud-sales-{os.geteuid()}-{digest_of(root)}"), subnet)  # noqa: S108


def digest_of(root: Path) -> str:
    """The eight hexadecimal digits that stand for a checkout's path."""
    return hashlib.sha256(os.fsencode(root)).hexdigest()[:8]


def subnet_of(digest: str, attempt: int) -> str:
    """The subnet that a checkout tries at its n-th attempt, spread over 127.64.0 to 127.127.255."""
    number = (int(digest, 16) + attempt) % (SUBNETS * 256)
    return f"127.{FIRST_SUBNET + number // 256}.{number % 256}"
