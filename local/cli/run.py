"""What the steps of one `up` hand to each other."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from rich.console import Console

from local.cli.settings import PREFERRED_API_PORT, PREFERRED_MAIL_PORT, Settings
from local.cli.storefront import Storefront
from local.machine import ports
from local.machine.emulator import Emulator
from local.machine.layout import Layout
from local.machine.postgres import Postgres
from local.machine.room import ensure_room
from local.machine.supervisor import Supervisor

if TYPE_CHECKING:  # the commands that only look at a run are not to pay for loading Pulumi
    from local.cluster.workloads import Workloads
    from local.host import Model

STACK = "eu"


@dataclass
class Run:
    """One `up` of one checkout.

    Attributes:
        console: where the user reads.
        fresh: nothing ran before, so a failure tears everything down.
        api: the public port of the API on 127.0.0.1.
        mail: the public port of the mailbox page on 127.0.0.1.
        model: what the Pulumi program declared; set by the step that runs it.
        release: what its Helm release runs; set by the step that renders it.
        users: the demonstration's users by e-mail, as the user pool knows them; set by the step that writes them.
    """

    console: Console
    layout: Layout
    supervisor: Supervisor
    postgres: Postgres
    emulator: Emulator
    fresh: bool
    api: ports.Reservation
    mail: ports.Reservation
    model: "Model" = field(init=False)
    release: "Workloads" = field(init=False)
    users: dict[str, UUID] = field(init=False)

    @property
    def api_url(self) -> str:
        """Where the API answers, without a slash at the end."""
        return f"http://{ports.LOOPBACK}:{self.api.port}"

    @property
    def mail_url(self) -> str:
        """Where one can look into the mailbox."""
        return f"http://{ports.LOOPBACK}:{self.mail.port}"


def begin(layout: Layout, settings: Settings, console: Console) -> Run:
    """A run on addresses that are its own.

    Raises:
        LocalError: an address that it needs is held by another program, or the disk is almost full.
    """
    ensure_room(layout.state)
    held = ports.listeners()
    layout = ports.claim_subnet(layout, held)
    supervisor = Supervisor(layout)
    ours = {process.pid for process in supervisor.members()}
    ports.check_free(layout, held, ours)
    api_port, mail_port = Storefront.ports_of_last_run(layout) or (PREFERRED_API_PORT, PREFERRED_MAIL_PORT)
    api = ports.reserve(api_port, _demand("API_PORT", settings.api_port), ours)
    mail = ports.reserve(mail_port, _demand("MAIL_PORT", settings.mail_port), ours)
    return Run(console, layout, supervisor, Postgres(layout), Emulator(layout), not ours, api, mail)


def _demand(variable: str, port: int | None) -> tuple[str, int] | None:
    return None if port is None else (variable, port)
