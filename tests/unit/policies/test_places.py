"""Which AWS region holds whose data: the law that the rules of residency go by."""

import pytest

from policies.examples import sample
from policies.model import Resource
from policies.places import (
    CONFIDENTIAL,
    EU,
    INTERNAL,
    PERSONAL,
    PRODUCT,
    RESIDENCES,
    class_of,
    is_own_key,
    may_be_copied,
    may_be_fetched,
    may_stand,
    owner_of,
    place_of,
    region_of,
)

BUCKET = "aws:s3/bucket:Bucket"


@pytest.mark.parametrize("third_country", ["eu-west-2", "eu-central-2"])
def test_what_only_sounds_european_is_not_in_the_eu(third_country: str) -> None:
    assert third_country not in EU
    assert not may_stand("eu", INTERNAL, third_country)
    assert not may_be_copied("eu", PERSONAL, third_country)


@pytest.mark.parametrize("owner", sorted(RESIDENCES))
def test_personal_data_may_lie_in_the_eu_and_at_home_and_nowhere_else(owner: str) -> None:
    allowed = {place for place in PRODUCT if may_stand(owner, PERSONAL, place)}
    assert allowed == EU | RESIDENCES[owner]
    assert {place for place in PRODUCT if may_be_copied(owner, PERSONAL, place)} == allowed


def test_what_exists_once_may_stand_everywhere_if_it_is_nobody_s() -> None:
    assert may_stand("global", INTERNAL, "us-east-1")
    assert not may_stand("global", CONFIDENTIAL, "us-east-1")
    assert not may_stand("global", PERSONAL, "us-east-1")


def test_the_secrets_of_the_shared_database_go_wherever_it_does() -> None:
    assert all(may_be_copied("global", CONFIDENTIAL, place) for place in PRODUCT)
    assert not may_be_copied("global", CONFIDENTIAL, "sa-east-1")
    assert not may_be_copied("global", INTERNAL, "sa-east-1")
    assert may_be_fetched("apac", CONFIDENTIAL, "", "eu-north-1")
    assert not may_be_fetched("apac", CONFIDENTIAL, "", "sa-east-1")
    assert not may_be_fetched("apac", CONFIDENTIAL, "sa-east-1", "eu-north-1")


def test_personal_data_is_fetched_to_the_eu_from_anywhere_and_abroad_from_nowhere_else() -> None:
    assert may_be_fetched("eu", PERSONAL, "", "ap-southeast-1")
    assert may_be_fetched("us", PERSONAL, "us-west-2", "us-east-1")
    assert not may_be_fetched("apac", PERSONAL, "", "eu-west-1")
    assert not may_be_fetched("nowhere", PERSONAL, "", "eu-west-1")


def test_a_name_that_promised_nothing_is_held_to_no_place() -> None:
    assert may_stand("brazil", PERSONAL, "sa-east-1")
    assert not may_be_copied("brazil", PERSONAL, "sa-east-1")
    assert may_stand("brazil", INTERNAL, "sa-east-1")


@pytest.mark.parametrize(
    ("properties", "place"),
    [
        ({"region": "eu-west-1", "arn": "arn:aws:s3:us-east-1:1:x"}, "eu-west-1"),
        ({"availabilityZone": "eu-west-1b"}, "eu-west-1"),
        ({"arn": "arn:aws:sqs:eu-west-3:111122223333:orders"}, "eu-west-3"),
        ({"arn": "arn:aws:s3:::payloads"}, ""),
        ({"arn": "nonsense"}, ""),
        ({"region": None}, ""),
        ({}, ""),
    ],
)
def test_a_resource_stands_where_it_says(properties: dict[str, object], place: str) -> None:
    assert place_of(sample(BUCKET, properties)) == place


@pytest.mark.parametrize("text", [None, "", "eu-west-1", "arn:aws:iam::1:role/x:y:z", "arn:aws:s3"])
def test_what_is_no_regional_arn_names_no_region(text: object) -> None:
    assert region_of(text) == ""


def test_a_resource_belongs_to_the_stack_that_it_is_in_whatever_its_tag_says() -> None:
    def owner(stack: str, tags: object) -> str:
        return owner_of(Resource(BUCKET, "x", f"urn:pulumi:{stack}::cloud-sales::{BUCKET}::x", {"tags": tags}))

    assert owner("apac", {"region": "eu"}) == owner("apac", {"region": "nowhere"}) == owner("apac", None) == "apac"
    assert owner("trial", {"region": "eu"}) == "eu"
    assert owner("trial", {}) == "trial"
    assert owner_of(Resource(BUCKET, "x", "urn", {})) == ""


KEY = "arn:aws:kms:eu-west-1:111122223333:key/mrk-1"


@pytest.mark.parametrize(
    "key", [KEY, "arn:aws:kms:eu-west-1:111122223333:alias/shop", "alias/shop", "8d724e59-604e-5880-aa80-baf4081dd075"]
)
def test_a_key_of_ours_is_named_by_its_arn_its_alias_or_its_id(key: str) -> None:
    assert is_own_key(key)
    assert is_own_key(key, "eu-west-1")


@pytest.mark.parametrize(
    "key",
    [None, "", "broken", True, "alias/aws/s3", "arn:aws:kms:eu-west-1:111122223333:alias/aws/rds", "arn:aws:kms", "*"],
)
def test_a_key_of_aws_or_of_nobody_is_none_of_ours(key: object) -> None:
    assert not is_own_key(key)


def test_a_key_serves_where_it_stands() -> None:
    assert not is_own_key(KEY, "eu-central-1")


@pytest.mark.parametrize("tags", [None, {}, {"data": "public"}, {"data": None}, ["data"]])
def test_what_does_not_say_what_it_holds_counts_as_personal(tags: object) -> None:
    assert class_of(sample(BUCKET, {"tags": tags})) == PERSONAL
