"""The servers of the database where there is one in each region: one writes, the others follow it."""

from local.cli.run import Run, Site
from local.machine.aurora.failover import rejoin
from local.machine.aurora.following import Servers
from local.machine.aurora.looking import look
from local.machine.aurora.processes import soon

FOLLOWS_SECONDS = 10.0


def start(run: Run) -> str | None:
    """Start the one that writes, copy it to where there is none, and have all others follow it.

    One that comes back may have written what nobody else has, if its region was given up. It starts as a standby, is
    found not to follow, and is brought back behind the writer.
    """
    if run.servers is None:
        return None
    run.servers.prepare()
    leader = run.servers.leader
    _start(_site_of(run, leader.name))
    leader.wait_ready()
    run.servers.copy_missing()
    brought_back = [site.region for site in run.sites if site.postgres is not leader and _follow(site, run.servers)]
    return f"{leader.name} writes" + "".join(f", {region} was brought back behind it" for region in brought_back)


def _site_of(run: Run, server: str) -> Site:
    (site,) = (site for site in run.sites if site.postgres.name == server)
    return site


def _start(site: Site) -> None:
    site.supervisor.start([site.postgres.program()])


def _follow(site: Site, servers: Servers) -> bool:
    """Start a standby; whether it had to be brought back.

    Raises:
        LocalError: it does not come up, or cannot be brought to follow.
    """
    server = site.postgres.server
    _start(site)
    site.postgres.wait_ready()
    if soon(lambda: (seen := look(server)) is not None and seen.follows, FOLLOWS_SECONDS):
        return False
    rejoin(server, servers.writer)
    site.postgres.wait_ready()
    return True
