"""What the steps of one `up` hand to each other."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from rich.console import Console

from local.cli.regions import choose, homes, remember
from local.cli.settings import PREFERRED_API_PORT, PREFERRED_MAIL_PORT, Settings
from local.cli.storefront import Storefront
from local.machine import ports
from local.machine.aurora.following import WRITER, Servers
from local.machine.emulator import Emulator
from local.machine.layout import Layout
from local.machine.postgres import Postgres
from local.machine.privileges import make_private
from local.machine.room import ensure_room
from local.machine.supervisor import Supervisor
from local.overlay import EDGE_HOST, EDGE_PORT

if TYPE_CHECKING:  # the commands that only look at a run are not to pay for loading Pulumi
    from local.cluster.workloads import Workloads
    from local.host import Model


@dataclass
class Site:
    """One region of a run, and what it has for itself.

    Attributes:
        region: the name of its stack.
        layout: its places; the machine's, if it is the only one.
        postgres: its server of the database.
        edge: the address and port of its API.
        model: what the Pulumi program declared; set by the step that runs it.
        release: what its Helm release runs; set by the step that renders it.
    """

    region: str
    layout: Layout
    supervisor: Supervisor
    postgres: Postgres
    edge: tuple[str, int]
    model: "Model" = field(init=False)
    release: "Workloads" = field(init=False)

    @property
    def edge_url(self) -> str:
        """Where its API answers, without a slash at the end."""
        return "http://{}:{}".format(*self.edge)


@dataclass
class Run:
    """One `up` of one checkout.

    Attributes:
        console: where the user reads.
        supervisor: of what all regions share.
        sites: the regions.
        servers: the servers of the database, if there is one in each of several regions.
        fresh: the supervisors that did not run before, so that a failure stops what they run.
        api: the public port of the API on 127.0.0.1.
        mail: the public port of the mailbox page on 127.0.0.1.
        users: the demonstration's users by e-mail, as the user pool knows them; set by the step that writes them.
    """

    console: Console
    layout: Layout
    supervisor: Supervisor
    emulator: Emulator
    sites: tuple[Site, ...]
    servers: Servers | None
    fresh: Sequence[Supervisor]
    api: ports.Reservation
    mail: ports.Reservation
    users: dict[str, UUID] = field(init=False)

    @property
    def writer(self) -> Postgres:
        """The server that takes writes."""
        return self.sites[0].postgres if self.servers is None else self.servers.leader

    @property
    def database_host(self) -> str:
        """Where services find it: the directory of a socket."""
        return str(self.sites[0].postgres.sockets if self.servers is None else self.servers.writer)

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
        LocalError: there is no such region, an address that it needs is held by another program, or the disk is almost
            full.
    """
    ensure_room(layout.state)
    regions = choose(layout, settings.regions)
    held = ports.listeners()
    layout = ports.claim_subnet(layout, held)
    places = {name: _claimed(home, layout, held) for name, home in homes(layout, regions).items()}
    remember(layout, regions)
    supervisors = {home: Supervisor(home) for home in (layout, *places.values())}
    members = {supervisor: supervisor.members() for supervisor in supervisors.values()}
    ours = {process.pid for processes in members.values() for process in processes}
    for home in supervisors:
        ports.check_free(home, held, ours)
    api_port, mail_port = Storefront.ports_of_last_run(layout) or (PREFERRED_API_PORT, PREFERRED_MAIL_PORT)
    api = ports.reserve(api_port, _demand("API_PORT", settings.api_port), ours)
    mail = ports.reserve(mail_port, _demand("MAIL_PORT", settings.mail_port), ours)
    servers = Servers(layout.runtime / WRITER, places) if len(places) > 1 else None
    sites = tuple(
        Site(name, home, supervisors[home], postgres, edge)
        for (name, home), postgres, edge in zip(
            places.items(),
            servers.all if servers else (Postgres(layout),),
            [(home.address(EDGE_HOST), EDGE_PORT) for home in places.values()]
            if servers
            else [(ports.LOOPBACK, api.port)],
            strict=True,
        )
    )
    fresh = [supervisor for supervisor, processes in members.items() if not processes]
    return Run(console, layout, supervisors[layout], Emulator(layout), sites, servers, fresh, api, mail)


def _claimed(home: Layout, machine: Layout, held: Collection[ports.Listener]) -> Layout:
    if home == machine:
        return machine
    make_private(home)
    return ports.claim_subnet(home, held)


def _demand(variable: str, port: int | None) -> tuple[str, int] | None:
    return None if port is None else (variable, port)
