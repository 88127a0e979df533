"""Two regions, brought up by the entry of `make up` in a checkout of its own, and what one can do to them."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import urllib3

from local import seed
from local.cli.storefront import Storefront
from local.customer import Api, Basket, place, sign_in
from local.host.emulator import Clients
from local.machine.aurora.looking import look
from local.machine.layout import Layout, layout_of
from local.machine.postgres import Postgres
from local.machine.supervisor import Supervisor
from local.machine.waiting import wait_until
from tests.support.checkout import Checkout, checkout

NAMES = ("eu", "apac")
AWS_REGIONS = {"eu": "eu-west-1", "apac": "ap-southeast-1"}
MOVED_SECONDS = 60.0


@dataclass(frozen=True)
class Regions:
    """Both, while they run."""

    checkout: Checkout

    @property
    def shop(self) -> Storefront:
        """Read anew each time, since an `up` may have changed an address."""
        return Storefront.load(layout_of(self.checkout.root))

    def home(self, region: str) -> Layout:
        """The region's places."""
        return layout_of(self.checkout.root).of_region(region)

    def server(self, region: str) -> Postgres:
        """The region's server of the database."""
        return Postgres(self.home(region), region)

    def supervisor(self, region: str) -> Supervisor:
        """Of the region's own programs."""
        return Supervisor(self.home(region))

    def up(self) -> str:
        """Brings up whatever is not; what was printed. Which regions, is known from before."""
        return self.checkout.must("up")

    def order(self, region: str) -> dict[str, Any]:
        """One order at the region's own edge, as it is when it has ended."""
        shop, buyer = self.shop, seed.customers()[0]
        token = sign_in(Clients(shop.emulator, shop.region).cognito, shop.client_id, buyer.email, seed.PASSWORD)
        basket = Basket(seed.PRODUCT_ID, buyer.subscription_id, 1)
        return place(Api(shop.edges[region], token), basket, lambda _: None)

    def invoices(self) -> list[str]:
        """The names of all files that lie in the mailbox."""
        with urllib3.PoolManager(timeout=10) as http:
            mails = http.request("GET", f"{self.shop.mail_url}/messages.json").json()
        return [attachment["filename"] for mail in mails for attachment in mail["attachments"]]

    def writer(self) -> str | None:
        """The region that writes, once every member that answers is as it should be; as RDS tells it."""
        (whole,) = self._rds("eu").describe_global_clusters()["GlobalClusters"]
        members = whole["GlobalClusterMembers"]
        writing = [_region_of(member["DBClusterArn"]) for member in members if member["IsWriter"]]
        return writing[0] if whole["Status"] == "available" and len(writing) == 1 else None

    def move(self, target: str, *, lossy: bool = False) -> None:
        """Has RDS move the writer, and waits until it has."""
        rds = self._rds("eu")
        (whole,) = rds.describe_global_clusters()["GlobalClusters"]
        arns = {_region_of(member["DBClusterArn"]): member["DBClusterArn"] for member in whole["GlobalClusterMembers"]}
        asked = {
            "GlobalClusterIdentifier": whole["GlobalClusterIdentifier"],
            "TargetDbClusterIdentifier": arns[target],
        }
        if lossy:
            rds.failover_global_cluster(**asked, AllowDataLoss=True)
        else:
            rds.switchover_global_cluster(**asked)
        assert wait_until(lambda: self.writer() == target, MOVED_SECONDS), rds.describe_global_clusters()

    def follows(self, region: str) -> bool:
        """Whether the region's server is, or soon becomes, a standby that gets what is written."""

        def now() -> bool:
            seen = look(self.server(region).server)
            return seen is not None and not seen.writes and seen.follows

        return wait_until(now, MOVED_SECONDS)

    def kill(self, region: str) -> None:
        """Ends all that the region has, at once and without a word."""
        for process in self.supervisor(region).members():
            process.send_signal(signal.SIGKILL)

    def _rds(self, region: str) -> Any:
        make: Any = boto3.client
        keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
        return make("rds", region_name=AWS_REGIONS[region], endpoint_url=self.shop.emulator, **keys)


def _region_of(arn: str) -> str:
    return next(name for name, aws_region in AWS_REGIONS.items() if aws_region == arn.split(":")[3])


@contextmanager
def running() -> Iterator[Regions]:
    """Two regions that are taken down and forgotten at the end of the block."""
    with checkout() as copy:
        copy.must("up", environment={"REGIONS": ",".join(NAMES)})
        yield Regions(copy)
