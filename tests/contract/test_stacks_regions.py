"""Every region is the same program: two models differ in nothing but the values of their settings files."""

import importlib
import json
import re
import shutil
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import replace
from keyword import iskeyword
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.host import HostError, Model, Resource, capture
from local.host.capture import ROOT
from tests.support.stacks import STACKS, WORLDWIDE, model_of

# The first region's member is made with the database and a master user, and no other one.
FIRST_ONLY = {"databaseName", "masterUsername", "masterPasswordWo", "masterPasswordWoVersion"}

# The controller is told of all regions, and has the time zones of all of them in its code; who finds the
# documents of a lost region, of all buckets.
OF_ALL = {"code", "SUN_REGIONS", "PAYLOAD_BUCKETS"}

EXPORTS = {
    "apiUrl",
    "regionUrl",
    "awsRegion",
    "userPoolId",
    "userPoolClientId",
    "serviceClientId",
    "payloadBucket",
    "queueUrls",
    "deadLetterQueueUrls",
    "databaseEndpoint",
    "databaseName",
    "mailSender",
    "sunFunction",
}


# Where what exists once is, whichever region asks.
SHARED = {"eu-north-1": "eu-north-1"}


def config_of(root: Path, stack: str) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((root / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))["config"]
    return config


def leaves(value: object) -> Iterator[str]:
    match value:
        case dict():
            for key in sorted(value):
                yield from leaves(value[key])
        case list():
            for item in value:
                yield from leaves(item)
        case _:
            yield str(value)


def translate(text: str, words: Mapping[str, str]) -> str:
    """Replaces whole words in one pass, the longest first, so that no replacement is itself replaced."""
    longest_first = sorted(map(re.escape, words), key=len, reverse=True)
    return re.sub(rf"(?<![a-zA-Z0-9])({'|'.join(longest_first)})(?![a-zA-Z0-9])", lambda hit: words[hit[0]], text)


def invented(resource: Resource) -> list[str]:
    """The identifiers that a provider makes up."""
    made = {key: value for key, value in resource.outputs.items() if resource.inputs.get(key) != value}
    text = " ".join([resource.id or "", *leaves(made)])
    return re.findall(
        r"(?<![a-zA-Z0-9])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?:AROA)?[0-9a-f]{6,32})(?![a-zA-Z0-9])", text
    )


def differences(here: Model, there: Model, settings: Mapping[str, str]) -> tuple[object, object]:
    """Both models as plain data, the first in the words of the second."""
    here, there = alike(here), alike(there)
    by_urn = {resource.urn: resource for resource in there}
    pairs = [(resource, by_urn[translate(resource.urn, settings)]) for resource in here]
    made = {mine: theirs for one, other in pairs for mine, theirs in zip(invented(one), invented(other), strict=True)}
    translated = translate(here.to_json(), {**made, **settings})
    return json.loads(translated), json.loads(there.to_json())


def alike(model: Model) -> Model:
    """The model without what tells the first region from the others, and what is said of all of them."""

    def without(values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            key: without(value) if isinstance(value, dict) else value
            for key, value in values.items()
            if key not in FIRST_ONLY | OF_ALL
        }

    resources = tuple(replace(one, inputs=without(one.inputs), outputs=without(one.outputs)) for one in model)
    return replace(model, resources=resources)


def settings_pairs(root: Path, here: str, other_root: Path, there: str) -> dict[str, str]:
    """Each value of the one file with its like in the other; a value that both have keeps its parts untranslated."""
    return dict(zip(leaves(config_of(root, here)), leaves(config_of(other_root, there)), strict=True))


def given_pairs(shared: Model, here: str, there: str) -> dict[str, str]:
    """What the one region is given by the stack that all of them share, with what the other one is."""
    given = shared.outputs["regions"]
    return dict(zip(leaves(given[here]), leaves(given[there]), strict=True))


def blocks(here: str, there: str) -> dict[str, str]:
    """The parts of the one region's addresses with their like in the other's."""
    parts = [f"{third}.0/18" for third in (0, 64, 128)] + [f"{third}.0/24" for third in (192, 193, 194)]
    return {f"{here}.{part}": f"{there}.{part}" for part in parts}


def test_there_are_two_regions() -> None:
    assert {"eu", "apac"} <= set(STACKS)


@pytest.mark.parametrize("stack", [stack for stack in STACKS if stack != "eu"])
def test_a_region_differs_from_europe_only_in_the_values_of_its_file(stack: str) -> None:
    words = {
        **SHARED,
        **settings_pairs(ROOT, "eu", ROOT, stack),
        **given_pairs(model_of(WORLDWIDE), "eu", stack),
        **blocks("10.16", "10.17"),
    }
    mine, theirs = differences(model_of("eu"), model_of(stack), words)
    assert mine == theirs


def test_a_difference_that_is_not_in_the_files_would_be_seen() -> None:
    first, *others = model_of("apac").resources
    altered = replace(first, inputs={**first.inputs, "deletionProtection": False})
    other = replace(model_of("apac"), resources=(altered, *others))
    mine, theirs = differences(model_of("eu"), other, settings_pairs(ROOT, "eu", ROOT, "apac"))
    assert mine != theirs


@pytest.fixture
def third(tmp_path: Path) -> Path:
    """The project with a region more: one settings file, and nothing else touched."""
    for path in ROOT.glob("Pulumi.*.yaml"):
        shutil.copy(path, tmp_path)
    text = (ROOT / "Pulumi.eu.yaml").read_text(encoding="utf-8")
    words = {
        "eu": "us",
        "eu-west-1": "us-east-1",
        **{f"eu-west-1{zone}": f"us-east-1{zone}" for zone in "abc"},
        "10.16.0.0/16": "10.18.0.0/16",
        "Europe/Dublin": "America/New_York",
        "cloud-sales-eu": "cloud-sales-us",
        "eu.cloud-sales.example": "us.cloud-sales.example",
    }
    (tmp_path / "Pulumi.us.yaml").write_text(translate(text, words), encoding="utf-8")
    (tmp_path / "Pulumi.yaml").write_text(f"name: cloud-sales\nmain: {ROOT / 'stacks'}\n", encoding="utf-8")
    return tmp_path


def test_a_third_region_is_one_more_file(third: Path) -> None:
    words = {
        **SHARED,
        **settings_pairs(ROOT, "eu", third, "us"),
        **given_pairs(capture(WORLDWIDE, root=third), "eu", "us"),
        **blocks("10.16", "10.18"),
    }
    mine, theirs = differences(model_of("eu"), capture("us", root=third), words)
    assert mine == theirs


def test_what_all_regions_share_knows_of_a_third_one_by_its_file(third: Path) -> None:
    before, after = model_of(WORLDWIDE), capture(WORLDWIDE, root=third)
    assert after.outputs["regions"].keys() - before.outputs["regions"].keys() == {"us"}
    more = {resource.urn.rpartition("::")[2] for resource in after} - {one.urn.rpartition("::")[2] for one in before}
    assert {
        "cloud-sales-global-transit-us",
        "cloud-sales-global-transit-eu-us",
        "cloud-sales-global-transit-us-to-apac",
        "cloud-sales-global-api-us-east-1",
        "cloud-sales-us-east-1",
    } <= more
    (replication,) = after.of_type("aws:ecr/replicationConfiguration:ReplicationConfiguration")
    (rule,) = replication.inputs["replicationConfiguration"]["rules"]
    assert {one["region"] for one in rule["destinations"]} == {"eu-west-1", "ap-southeast-1", "us-east-1"}
    assert {one.urn for one in before} <= {one.urn for one in after}


def snake(camel: str) -> str:
    return re.sub(r"([A-Z])", r"_\1", camel).lower()


def deprecations(resource: Resource) -> list[str]:
    """What the SDK has against the resource's inputs; it says so only to those who fill its argument classes."""
    _, module, kind = resource.type.split(":")
    # A word of the language gets an underscore.
    path = [f"{part}_" if iskeyword(part) else part for part in snake(module).split("/")]
    sdk = importlib.import_module(f"pulumi_aws.{'.'.join(path)}")
    arguments = {snake(name): value for name, value in resource.inputs.items()}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        # Where a nested type took the usual name, the resource's own has another.
        (getattr(sdk, f"{kind}InitArgs", None) or getattr(sdk, f"{kind}Args"))(**arguments)
    return [str(warning.message) for warning in caught]


def test_no_resource_uses_a_deprecated_argument() -> None:
    told = {resource.urn: deprecations(resource) for resource in model_of("eu") if resource.type.startswith("aws:")}
    assert told
    assert {urn: why for urn, why in told.items() if why} == {}


def test_a_deprecated_argument_would_be_seen() -> None:
    inline = Resource("urn", "aws:s3/bucket:Bucket", "bucket", {"bucket": "bucket", "acl": "private"})
    assert "BucketAcl" in deprecations(inline)[0]


@pytest.mark.parametrize("stack", STACKS)
def test_a_region_exports_what_its_operators_need(stack: str) -> None:
    outputs = model_of(stack).outputs
    assert outputs.keys() == EXPORTS
    assert outputs["payloadBucket"] == f"cloud-sales-{stack}-payloads"
    assert outputs["databaseName"] == "cloudsales"
    assert all(outputs.values())


def test_a_typo_in_a_settings_file_is_told_with_its_file_and_key(third: Path) -> None:
    path = third / "Pulumi.us.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("expiryDays", "expiryDay"), encoding="utf-8")
    with pytest.raises(HostError, match=r"Pulumi\.us\.yaml(.|\n)*cloud-sales:payloads\.expiryDay is not a known key"):
        capture("us", root=third)
