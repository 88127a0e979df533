"""Where one checkout, and each of its regions if it has several, keeps state, sockets and loopback addresses.

A run of one region has the machine's places. With two or more, what all share has those (emulator, provider, mail), and
below them each region has its own, so that it is killed as one and its programs keep their names.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

STATE_DIRECTORY = ".local"
SUBNET_FILE = "subnet"
REGIONS_DIRECTORY = "regions"
FIRST_SUBNET = 64
SUBNETS = 64


@dataclass(frozen=True)
class Layout:
    """The places of one checkout, or of one region in it; no two share any of them.

    Attributes:
        root: the checkout.
        state: everything that survives `down`.
        runtime: Unix sockets and pid files. It lies in /tmp because a socket's path may have 107 bytes only.
        subnet: the first three octets of its own loopback /24, for example `127.71.203`.
        region: whose places these are, if the checkout runs several regions; empty for the machine's.
    """

    root: Path
    state: Path
    runtime: Path
    subnet: str
    region: str = ""

    @property
    def machine(self) -> "Layout":
        """The places of what all regions share; itself, if it is the machine's."""
        return layout_of(self.root) if self.region else self

    def of_region(self, name: str) -> "Layout":
        """The places of one of several regions; creates nothing."""
        machine = self.machine
        state = machine.state / REGIONS_DIRECTORY / name
        return Layout(self.root, state, machine.runtime / f"region-{name}", _claimed(state, digest_of(state)), name)

    @property
    def logs(self) -> Path:
        """One file for each program, `<name>.log`."""
        return self.state / "logs"

    @property
    def digest(self) -> str:
        """Eight hexadecimal digits that tell this checkout from others on the machine."""
        return digest_of(self.root)

    def address(self, host: int) -> str:
        """The loopback address of one host, 1 to 254, in the subnet."""
        return f"{self.subnet}.{host}"


def layout_of(root: Path) -> Layout:
    """The places of the checkout at `root`; creates nothing.

    The subnet is the one the checkout has claimed (see `ports.claim_subnet`), otherwise the one it would try first.
    """
    root = root.resolve()
    state = root / STATE_DIRECTORY
    subnet = _claimed(state, digest_of(root))
    return Layout(root, state, Path(f"/tmp/cloud-sales-{os.geteuid()}-{digest_of(root)}"), subnet)  # noqa: S108


def _claimed(state: Path, digest: str) -> str:
    claim = state / SUBNET_FILE
    return claim.read_text().strip() if claim.exists() else subnet_of(digest, attempt=0)


def digest_of(root: Path) -> str:
    """The eight hexadecimal digits that stand for a path."""
    return hashlib.sha256(os.fsencode(root)).hexdigest()[:8]


def subnet_of(digest: str, attempt: int) -> str:
    """The subnet that one tries at its n-th attempt, spread over 127.64.0 to 127.127.255."""
    number = (int(digest, 16) + attempt) % (SUBNETS * 256)
    return f"127.{FIRST_SUBNET + number // 256}.{number % 256}"
