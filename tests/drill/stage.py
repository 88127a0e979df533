"""The two regions, running, with a load on them: what a scenario plays with."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3

from local import seed
from local.cli.storefront import Storefront
from local.customer import sign_in
from local.front.zone import SharedName, Zone
from local.host.emulator import Clients
from local.machine.aurora.processes import soon
from local.machine.emulator import CREDENTIAL
from local.machine.layout import Layout, layout_of
from tests.chaos.waiting import in_time
from tests.drill.books import PlatformBooks
from tests.drill.load import Shopper
from tests.drill.sites import Site, sites_of
from tests.drill.sun import FUNCTION, Sun
from tests.support.checkout import Checkout, checkout

WELL_SECONDS = 180.0


@dataclass
class Stage:
    """A machine with its regions.

    Attributes:
        rate: orders a second.
    """

    checkout: Checkout
    sites: tuple[Site, ...]
    sun: Sun
    rate: float

    @property
    def machine(self) -> Layout:
        """What all regions share."""
        return layout_of(self.checkout.root)

    @property
    def shop(self) -> Storefront:
        """Its public addresses."""
        return Storefront.load(self.machine)

    @property
    def names(self) -> tuple[str, ...]:
        """The regions'."""
        return tuple(site.name for site in self.sites)

    def site(self, name: str) -> Site:
        """The region of that name."""
        return next(site for site in self.sites if site.name == name)

    def other(self, name: str) -> Site:
        """The region that is not the one of that name."""
        return next(site for site in self.sites if site.name != name)

    @property
    def writer(self) -> str:
        """The region that writes.

        Raises:
            StopIteration: none does.
        """
        return next(site.name for site in self.sites if site.writes)

    def zone(self) -> Zone:
        """The records that all regions share."""
        settings = self.sun.settings(self.names[0])
        session: Any = boto3.Session(CREDENTIAL, CREDENTIAL, region_name="us-east-1")
        client = session.client("route53", endpoint_url=self.shop.emulator)
        return Zone(client, SharedName(settings.zone_id, settings.record_name))

    def shoppers(self) -> list[Shopper]:
        """The demo's customers, signed in: a token lasts an hour."""
        shop = self.shop
        cognito = Clients(shop.emulator, shop.region).cognito
        return [Shopper(who, sign_in(cognito, shop.client_id, who.email, seed.PASSWORD)) for who in seed.customers()]

    @cached_property
    def books(self) -> PlatformBooks:
        """What is written down in all regions; each object and mail is read once, whatever is played."""
        return PlatformBooks(self.machine, self.sites)

    def up(self) -> str:
        """`make up`, which brings back what is missing."""
        return self.checkout.must("up")

    def well(self) -> bool:
        """Whether one region writes, the other follows, and both are known to be well."""
        records = {record.region: record.well for record in self.zone().records()}
        return self.following() and all(records.get(name) for name in self.names)

    def wait_until_following(self) -> None:
        """Returns once one server writes and all others follow it; quickly, for the writer is to move again.

        Raises:
            TimeoutError: it does not become so.
        """
        if not soon(self.following, WELL_SECONDS):
            raise TimeoutError("the standby does not follow the writer")

    def following(self) -> bool:
        """Whether one server writes and all others follow it."""
        writers, followers = (sum(getattr(site, what) for site in self.sites) for what in ("writes", "follows"))
        return (writers, followers) == (1, len(self.sites) - 1)

    def wait_until_well(self) -> None:
        """Returns once everything is as it should be.

        Raises:
            TimeoutError: it does not become so.
        """
        if not in_time(self.well, WELL_SECONDS):
            raise TimeoutError("the regions did not become well again")


@contextmanager
def running(regions: Sequence[str], rate: float) -> Iterator[Stage]:
    """Regions of a checkout of their own, which are taken down and forgotten at the end of the block."""
    with checkout() as copy:
        copy.must("up", environment={"REGIONS": ",".join(regions)})
        yield on(copy.root, regions, rate)


def on(root: Path, regions: Sequence[str], rate: float) -> Stage:
    """Regions that are up, and are left so."""
    sites = sites_of(root, regions)
    for site in sites:
        _stop_clock(site)
    return Stage(Checkout(root), sites, Sun(sites), rate)


def _stop_clock(site: Site) -> None:
    """From now on the drill says when the region's controller is called."""
    name = str(site.resource(FUNCTION)["id"])
    clock = site.clients.scheduler.get_schedule(Name=name, GroupName=name)
    kept = {key: clock[key] for key in ("Name", "GroupName", "ScheduleExpression", "FlexibleTimeWindow", "Target")}
    site.clients.scheduler.update_schedule(**kept, State="DISABLED")
