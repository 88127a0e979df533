"""Where the data of our own stacks lies, judged by the pack: as they stand, with a region more, and moved elsewhere."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from local.host import Model, capture
from local.host.verdict import judged
from policies.judge import Level, Resource, judge
from policies.places import class_of, owner_of, place_of
from tests.contract.test_stacks_regions import third  # noqa: F401 - a fixture
from tests.support.stacks import STACKS, WORLDWIDE, model_of

HOMES = {"global": "eu-north-1", "eu": "eu-west-1", "apac": "ap-southeast-1"}


def moved(model: Model, here: str, there: str) -> Iterator[Resource]:
    """The stack as it would be with another `aws:region` in its settings."""
    for resource in judged(model):
        text = json.dumps(resource.properties, default=str)
        yield replace(resource, properties=json.loads(text.replace(here, there)))


def broken(resources: Iterator[Resource]) -> dict[str, set[str]]:
    """By rule: the names of the resources at fault."""
    found: dict[str, set[str]] = {}
    for violation in judge(resources):
        found.setdefault(violation.rule, set()).add(violation.name)
    return found


@pytest.mark.parametrize("stack", [WORLDWIDE, *STACKS])
def test_everything_that_holds_personal_data_stands_in_the_stack_s_own_region(stack: str) -> None:
    personal = [one for one in judged(model_of(stack)) if "tags" in one.properties and class_of(one) == "personal"]
    places = {place_of(one) for one in personal if place_of(one)}
    assert places == {HOMES[stack]}
    assert {owner_of(one) for one in personal} == {stack}


def test_a_third_region_breaks_no_policy_and_the_shared_stack_none_for_its_sake(
    third: Path,  # noqa: F811 - a fixture
) -> None:
    for stack in ("us", WORLDWIDE):
        vetoes = [one for one in judge(judged(capture(stack, root=third))) if one.level is Level.MANDATORY]
        assert vetoes == []


@pytest.mark.parametrize(
    ("stack", "there"), [("eu", "us-west-2"), ("eu", "eu-west-2"), ("apac", "us-east-1"), ("global", "ap-southeast-2")]
)
def test_a_stack_that_is_moved_out_of_its_residence_is_refused(stack: str, there: str) -> None:
    found = broken(moved(model_of(stack), HOMES[stack], there))
    assert "region-allowed" in found
    holders = {
        "eu": {"cloud-sales-eu-payloads", "cloud-sales-eu-document", "cloud-sales-eu"},
        "apac": {"cloud-sales-apac-document", "cloud-sales-apac"},
        "global": {"cloud-sales-global-users", "cloud-sales-global-secrets"},
    }[stack]
    assert holders - found["region-allowed"] <= {"cloud-sales-eu-payloads"}, "a bucket's ARN names no region"


def test_a_stack_may_move_within_its_residence() -> None:
    assert "region-allowed" not in broken(moved(model_of("eu"), HOMES["eu"], "eu-central-1"))
    assert "region-allowed" not in broken(moved(model_of(WORLDWIDE), HOMES["global"], "eu-south-2"))


def test_the_key_of_the_shared_database_is_replicated_and_a_key_of_people_is_not() -> None:
    def keys(data: str) -> Iterator[Resource]:
        for resource in judged(model_of("apac")):
            if resource.type == "aws:kms/replicaKey:ReplicaKey":
                tags = {**resource.properties["tags"], "data": data}
                yield replace(resource, properties={**resource.properties, "tags": tags})

    assert "no-cross-residency-copy" not in broken(keys("confidential"))
    assert broken(keys("personal"))["no-cross-residency-copy"] == {"cloud-sales-apac-secrets"}


def test_images_go_only_to_repositories_that_are_declared() -> None:
    def without_one() -> Iterator[Resource]:
        return (one for one in judged(model_of(WORLDWIDE)) if one.name != "cloud-sales-ap-southeast-1")

    assert "replication-declared" not in broken(iter(judged(model_of(WORLDWIDE))))
    assert broken(without_one())["replication-declared"] == {"cloud-sales"}
