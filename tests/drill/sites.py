"""The regions of a running platform: where each one's programs, server, queues and bucket are."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import psutil

from local.cli.storefront import Storefront
from local.host.emulator import Clients
from local.machine.aurora.looking import look
from local.machine.emulator import Emulator
from local.machine.layout import Layout, layout_of
from local.machine.stand_ins import Server, StandIns
from local.machine.supervisor import Supervisor

GONE_SECONDS = 10.0


@dataclass(frozen=True)
class Site:
    """One region of a machine.

    Attributes:
        layout: of the region, or of the machine if that is the only one.
        emulator: URL of the AWS emulator, which is the machine's.
    """

    name: str
    layout: Layout
    emulator: str

    @property
    def supervisor(self) -> Supervisor:
        """Who runs its programs."""
        return Supervisor(self.layout)

    @cached_property
    def model(self) -> dict[str, Any]:
        """What its Pulumi program declared."""
        found: dict[str, Any] = json.loads((self.layout.state / "model.json").read_text())
        return found

    @property
    def outputs(self) -> dict[str, Any]:
        """What the program exports."""
        found: dict[str, Any] = self.model["outputs"]
        return found

    @property
    def aws_region(self) -> str:
        """AWS's name of it."""
        return str(self.outputs["awsRegion"])

    @property
    def clients(self) -> Clients:
        """For what it has in the cloud; who deploys has them, and is refused nothing."""
        return Clients(self.emulator, self.aws_region)

    def resource(self, kind: str) -> dict[str, Any]:
        """The one resource of that type."""
        (found,) = (one for one in self.model["resources"] if one["type"] == kind)
        return dict(found)

    @property
    def server(self) -> Server:
        """The PostgreSQL server that plays its member of the global database."""
        stand_ins = StandIns.load(Emulator(self.layout.machine).stand_ins)
        (found,) = (server for arn, server in stand_ins.servers.items() if arn.split(":")[3] == self.aws_region)
        return found

    @property
    def writes(self) -> bool:
        """Whether its server answers and takes writes."""
        seen = look(self.server)
        return seen is not None and seen.writes

    @property
    def follows(self) -> bool:
        """Whether its server follows the one that writes."""
        seen = look(self.server)
        return seen is not None and not seen.writes and seen.follows

    def kill(self) -> int:
        """SIGKILL for its supervisor and everything below it, its PostgreSQL too; how many processes that were."""
        victims = self.supervisor.members()
        for victim in victims:  # the supervisor comes first, so that it starts nothing anew
            with suppress(psutil.NoSuchProcess):
                victim.kill()
        psutil.wait_procs(victims, GONE_SECONDS)
        return len(victims)


def sites_of(root: Path, names: Sequence[str]) -> tuple[Site, ...]:
    """The regions of a checkout that is up."""
    machine = layout_of(root)
    emulator = Storefront.load(machine).emulator
    return tuple(Site(name, machine.of_region(name), emulator) for name in names)


def mail_store(machine: Layout) -> Path:
    """Where the mail sink keeps what it accepted."""
    return machine.state / "mail"


def ledger(machine: Layout) -> Path:
    """The CCP's."""
    return machine.state / "ccp" / "ledger.sqlite3"
