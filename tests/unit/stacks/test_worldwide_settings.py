"""The settings of what exists once: other keys than a region's, and held against the files of all regions."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.tags import DataClass
from local.host.capture import ROOT
from stacks.reading import SettingsError
from stacks.settings import parse_worldwide
from stacks.worldwide_schema import Worldwide
from tests.support.stacks import STACKS

Change = tuple[str, str, object]
"""A file, the path of a key in it, and its new value; None takes the key away."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The repository's settings files, to be spoilt."""
    for path in ROOT.glob("Pulumi.*.yaml"):
        shutil.copy(path, tmp_path)
    return tmp_path


def spoil(root: Path, stack: str, path: str, value: object) -> None:
    file = root / f"Pulumi.{stack}.yaml"
    document: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
    *parents, last = path.split("/")
    place = document["config"]
    for parent in parents:
        place = place[parent]
    if value is None:
        del place[last]
    else:
        place[last] = value
    file.write_text(yaml.safe_dump(document), encoding="utf-8")


def read(root: Path) -> Worldwide:
    config = yaml.safe_load((root / "Pulumi.global.yaml").read_text(encoding="utf-8"))["config"]
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    return parse_worldwide(texts, root)


FAULTY: list[tuple[Change, str]] = [
    (("global", "cloud-sales:zone/domain", "Cloud Sales"), "global: cloud-sales:zone.domain should match"),
    (("global", "cloud-sales:zone", None), "global: cloud-sales:zone is missing"),
    (("global", "cloud-sales:queues", {}), "global: cloud-sales:queues is not a known key"),
    (
        ("global", "cloud-sales:imags", {"kept": 100}),
        "global: cloud-sales:imags is not a known key; did you mean 'cloud-sales:images'?",
    ),
    (("global", "cloud-sales:images/kept", 1), "global: cloud-sales:images.kept should be greater"),
    (("global", "cloud-sales:budget/monthlyUsd", 0), "global: cloud-sales:budget.monthlyUsd should be greater"),
    (("global", "cloud-sales:budget/told", []), "global: cloud-sales:budget.told"),
    (("global", "cloud-sales:budget/told", ["nobody"]), "global: cloud-sales:budget.told"),
    (("global", "cloud-sales:regions", ["eu"]), "global: cloud-sales:regions is not a known key"),
    (("global", "cloud-sales:database/engineVersion", 16.8), "global: cloud-sales:database.engineVersion should be a"),
    (
        ("global", "cloud-sales:database/firstRegion", "us"),
        "global: cloud-sales:database.firstRegion is 'us', but the regions are apac, eu",
    ),
    (
        ("global", "cloud-sales:network/supernet", "10.16.0.0/16"),
        "global: cloud-sales:network.supernet should be a private /12, of which each region has a /16",
    ),
    (
        ("global", "cloud-sales:network/operations", "10.64.0.0/16"),
        "global: cloud-sales:network.operations is 10.64.0.0/16, which is not within cloud-sales:network.supernet",
    ),
    (
        ("apac", "cloud-sales:network/cidr", "10.99.0.0/16"),
        "global: cloud-sales:network.cidr of Pulumi.apac.yaml is 10.99.0.0/16, which is not within",
    ),
    (
        ("apac", "cloud-sales:network/cidr", "10.16.0.0/16"),
        "global: cloud-sales:network.cidr of Pulumi.apac.yaml is 10.16.0.0/16, and so is cloud-sales:network.cidr",
    ),
    (
        ("apac", "aws:allowedAccountIds", ["444455556666"]),
        "global: aws:allowedAccountIds differs from that of Pulumi.apac.yaml",
    ),
    (("global", "aws:region", "eu-west-1"), "global: aws:region is also that of Pulumi.eu.yaml"),
    (("apac", "aws:region", "eu-west-1"), "global: aws:region of Pulumi.apac.yaml is also that of Pulumi.eu.yaml"),
    (("apac", "cloud-sales:network/cidr", None), "apac: cloud-sales:network.cidr is missing"),
    (("apac", "aws:region", "Singapore"), "apac: aws:region should match"),
]


@pytest.mark.parametrize(("change", "told"), FAULTY, ids=[told for _, told in FAULTY])
def test_a_fault_is_refused_with_its_file_and_path(root: Path, change: Change, told: str) -> None:
    spoil(root, *change)
    stack, _, fault = told.partition(": ")

    with pytest.raises(SettingsError) as refused:
        read(root)

    first, *faults = str(refused.value).splitlines()
    assert first == f"Pulumi.{stack}.yaml cannot be used:"
    assert len(faults) == 1
    assert faults[0].strip().startswith(fault)


@pytest.mark.parametrize("content", ["", "config: []", "just words", "config: {a: [}", "config: {a: 2027-13-01}"])
def test_a_region_s_file_that_is_none_is_refused_by_name(root: Path, content: str) -> None:
    (root / "Pulumi.us.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"Pulumi\.us\.yaml cannot be used"):
        read(root)


def test_what_only_the_region_itself_reads_may_be_wrong_here(root: Path) -> None:
    spoil(root, "apac", "cloud-sales:payloads/expiryDays", "thirty")
    with (root / "Pulumi.apac.yaml").open("a", encoding="utf-8") as file:
        file.write("  policies:waivers: [{until: 2027-01-31}]\n")
    assert [region.name for region in read(root).regions] == STACKS


def test_the_regions_are_those_that_have_a_file(root: Path) -> None:
    (root / "Pulumi.apac.yaml").unlink()
    settings = read(root)
    assert [(region.name, region.placement.region) for region in settings.regions] == [("eu", "eu-west-1")]


def test_names_and_tags_follow_from_the_settings(root: Path) -> None:
    settings = read(root)
    assert settings.name("zone") == "cloud-sales-global-zone"
    assert settings.api_domain == "api.cloud-sales.example"
    assert settings.tags(DataClass.INTERNAL).region == "global"
