from pathlib import Path

import pytest

from local.cli import regions
from local.cli.plan import EachRegion, Several, steps
from local.cli.progress import Step
from local.cli.regions import choose, homes, remember
from local.cli.run import Run, Site, begin
from local.cli.settings import Settings
from local.machine.errors import LocalError
from local.machine.layout import Layout, layout_of
from local.machine.ports import Listener, claim_subnet
from local.machine.privileges import make_private
from local.overlay import overlay
from services.registry import SERVICES
from tests.unit.cli.conftest import console


@pytest.fixture
def layout(checkout: Layout) -> Layout:
    """A checkout with three regions' settings."""
    for stack in ("global", "eu", "apac", "us"):
        (checkout.root / f"Pulumi.{stack}.yaml").touch()
    return checkout


def test_regions_are_named_with_commas() -> None:
    assert Settings.read({"REGIONS": "eu, apac"}).regions == ("eu", "apac")
    assert Settings.read({"REGIONS": ""}).regions is None
    with pytest.raises(LocalError, match="REGIONS=eu,,apac: name regions with commas"):
        Settings.read({"REGIONS": "eu,,apac"})


def test_without_a_word_it_is_one_region_and_later_those_of_the_last_run(layout: Layout) -> None:
    assert choose(layout, None) == ("eu",)
    remember(layout, ("eu", "apac"))
    assert choose(layout, None) == ("eu", "apac")
    assert choose(layout, ("apac", "eu")) == ("eu", "apac")


def test_the_region_that_makes_the_database_comes_first_whatever_the_order(layout: Layout) -> None:
    assert choose(layout, ("us", "apac", "eu", "us")) == ("eu", "apac", "us")


def test_a_region_that_there_is_not_is_refused_with_those_that_there_are(layout: Layout) -> None:
    with pytest.raises(LocalError, match="there is no region mars; there are apac, eu, us"):
        choose(layout, ("eu", "mars"))
    with pytest.raises(LocalError, match="there is no region global"):
        choose(layout, ("global",))


def test_what_was_made_for_other_regions_is_not_taken_for_these(layout: Layout) -> None:
    remember(layout, ("eu", "apac"))
    with pytest.raises(LocalError, match=r"was made for REGIONS=eu,apac.*make reset"):
        choose(layout, ("eu",))


def test_what_a_version_of_one_region_left_is_that_region_s(layout: Layout) -> None:
    (layout.state / "model.json").write_text("{}")
    with pytest.raises(LocalError, match="was made for REGIONS=eu;"):
        choose(layout, ("eu", "apac"))


def test_one_region_alone_has_the_machine_s_places(layout: Layout) -> None:
    assert homes(layout) == {"eu": layout}
    assert homes(layout, ["apac"]) == {"apac": layout}
    assert homes(layout, ["eu", "apac"]) == {name: layout.of_region(name) for name in ("eu", "apac")}


def test_a_region_passes_over_the_subnets_of_the_others_though_nobody_listens_there_yet(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.machine.ports.digest_of", lambda _: layout.digest)  # all would choose the same one
    held: list[Listener] = []
    machine = claim_subnet(layout, held)
    claimed = [claim_subnet(machine.of_region(name), held) for name in ("eu", "apac")]
    assert len({machine.subnet, *(home.subnet for home in claimed)}) == 3
    assert [layout_of(layout.root).of_region(name) for name in ("eu", "apac")] == claimed


def test_several_regions_each_have_a_server_and_an_edge_and_one_alone_takes_the_public_port(layout: Layout) -> None:
    several = begin(layout, Settings(None, None, ("eu", "apac")), console()[0])
    several.api.release()
    several.mail.release()
    assert [site.postgres.name for site in several.sites] == ["postgres-eu", "postgres-apac"]
    assert [site.edge_url for site in several.sites] == [
        f"http://{site.layout.subnet}.4:8080" for site in several.sites
    ]
    assert several.database_host == str(layout.runtime / "writer")
    assert several.api_url not in {site.edge_url for site in several.sites}
    assert len(several.fresh) == 3

    (layout.state / regions.FILE).unlink()
    alone = begin(layout, Settings(None, None), console()[0])
    alone.api.release()
    alone.mail.release()
    (site,) = alone.sites
    assert (site.postgres.name, site.edge_url, site.layout) == ("postgres", alone.api_url, alone.layout)
    assert site.supervisor is alone.supervisor


def test_steps_of_regions_are_taken_by_each_and_those_of_several_only_then(layout: Layout) -> None:
    taken: list[str] = []

    def each(_: Run, site: Site) -> None:
        taken.append(site.region)

    plan = (Step[Run]("begin", lambda _: None), Several("copy", lambda _: None), EachRegion("make it", each))

    def titles(names: tuple[str, ...]) -> list[str]:
        (layout.state / regions.FILE).unlink(missing_ok=True)
        run = begin(layout, Settings(None, None, names), console()[0])
        run.api.release()
        run.mail.release()
        found = list(steps(plan, run))
        for step in found:
            step.action(run)
        return [step.title for step in found]

    assert titles(("eu", "apac")) == ["begin", "copy", "make it (eu)", "make it (apac)"]
    assert titles(("apac",)) == ["begin", "make it"]
    assert taken == ["eu", "apac", "apac"]


def test_with_several_regions_every_service_is_one_pod_and_the_sun_is_followed(layout: Layout, tmp_path: Path) -> None:
    make_private(layout)
    alone, several = overlay(layout), overlay(layout.of_region("eu"))
    pods = {f"cloud-sales:workloads.{service.name}.minReplicas": 1 for service in SERVICES}
    assert pods.items() <= several.items()
    assert not pods.items() <= alone.items()
    assert "cloud-sales:sun.mode" not in alone
    assert several["cloud-sales:sun.mode"] == "act"
    assert alone["cloud-sales:ccp.url"] == several["cloud-sales:ccp.url"]
