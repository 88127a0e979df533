"""Two regions on one machine: each takes orders, the writer moves between them, and one that was lost comes back."""

from collections.abc import Iterator

import pytest
import urllib3

from local.machine.postgres import OWNER
from tests.support.regions import NAMES, Regions, running

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def regions() -> Iterator[Regions]:
    with running() as both:
        yield both


def orders_are_taken(regions: Regions, *names: str) -> None:
    """An order at the edge of each region is mailed with its invoice."""
    for name in names:
        ended = regions.order(name)
        assert ended["state"] == "EMAILED", (name, ended)
        assert f"invoice-{ended['invoiceNumber']}.pdf" in regions.invoices()


def test_each_region_takes_orders_and_the_first_one_writes(regions: Regions) -> None:
    assert regions.writer() == "eu"
    assert regions.follows("apac")
    orders_are_taken(regions, *NAMES)


def test_the_public_port_leads_to_them(regions: Regions) -> None:
    assert regions.shop.api_url not in regions.shop.edges.values()
    with urllib3.PoolManager(retries=False, timeout=10) as http:
        assert http.request("GET", f"{regions.shop.api_url}/openapi.json").status == 200


def test_they_are_told_apart_by_the_commands(regions: Regions) -> None:
    told = regions.checkout.must("status")
    assert [told.count(f"postgres-{name}") for name in NAMES] == [1, 1]
    assert all(f"\n{name}\n" in told for name in NAMES)
    assert regions.checkout.must("preview").count("nothing would change") == 2
    refused = regions.checkout.run("up", environment={"REGIONS": "eu"})
    assert (refused.returncode, "made for REGIONS=eu,apac" in refused.stdout) == (1, True)


def test_when_the_cloud_s_own_call_moves_the_writer_both_go_on(regions: Regions) -> None:
    regions.move("apac")
    assert regions.follows("eu")
    orders_are_taken(regions, *NAMES)


def test_a_region_that_is_lost_is_given_up_and_comes_back_behind_the_other(regions: Regions) -> None:
    """With what only the lost server had: that is taken back, so that it can follow."""
    eu, apac = (regions.server(name) for name in NAMES)
    regions.supervisor("eu").rest(eu.name)
    with apac.connect(OWNER) as connection:
        connection.execute("CREATE TABLE lost AS SELECT generate_series(1, 1000) AS number")
    regions.kill("apac")
    regions.supervisor("eu").begin(eu.name)
    eu.wait_ready()
    regions.move("eu", lossy=True)
    orders_are_taken(regions, "eu")

    assert "postgres-eu writes, apac was brought back behind it" in regions.up()
    assert regions.writer() == "eu"
    assert regions.follows("apac")
    orders_are_taken(regions, *NAMES)


def test_stopped_and_started_again_they_have_what_they_had(regions: Regions) -> None:
    before = regions.invoices()
    regions.move("apac")
    regions.checkout.must("down")

    regions.up()

    assert set(regions.invoices()) == set(before)
    assert regions.writer() == "apac"
    assert regions.follows("eu")
    orders_are_taken(regions, *NAMES)
