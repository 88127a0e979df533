"""Who is judged, under which account, and what a function gets."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from ministack.services import iam

from local.access.account import at_home
from local.access.emulated import Emulated, credentials_of_function, judged, statements_of
from local.access.errors import PolicyError

ROLE = "shop-sun"
DECLARED = "111122223333"


@pytest.fixture
def role() -> Iterator[dict[str, Any]]:
    """A role in the emulator's state; this process is none that serves it."""
    trust = json.dumps({"Statement": [{"Condition": {"StringEquals": {"aws:SourceAccount": DECLARED}}}]})
    right = {"Effect": "Allow", "Action": "rds:*", "Resource": f"arn:aws:rds:*:{DECLARED}:cluster:a"}
    made = {
        "AssumeRolePolicyDocument": trust,
        "InlinePolicies": {"rights": json.dumps({"Statement": right})},
        "AttachedPolicies": [],
        "PermissionsBoundary": "",
    }
    iam._roles[ROLE] = made
    yield made
    del iam._roles[ROLE]


@pytest.mark.parametrize(
    ("key", "held"),
    [("local", False), ("test", False), ("000000000000", False), ("", False), (ROLE, True), ("x", True)],
)
def test_roles_are_judged_and_who_deploys_is_not(key: str, held: bool) -> None:
    assert judged(key) is held


def test_the_declared_account_is_the_emulator_s(role: dict[str, Any]) -> None:
    [statement] = statements_of(ROLE) or ()
    assert statement.resources[0].stated == "arn:aws:rds:*:000000000000:cluster:a"
    assert at_home("arn:aws:rds:*:444455556666:a", role["AssumeRolePolicyDocument"]) == "arn:aws:rds:*:444455556666:a"
    assert at_home("111122223333", "{}") == "111122223333"
    assert statements_of("nobody") is None


@pytest.mark.parametrize("beside", ["AttachedPolicies", "PermissionsBoundary"])
def test_policies_that_lie_elsewhere_are_not_passed_over(role: dict[str, Any], beside: str) -> None:
    role[beside] = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
    with pytest.raises(PolicyError, match="inside the role"):
        statements_of(ROLE)


@pytest.mark.usefixtures("role")
def test_a_function_has_the_credentials_of_its_role_if_there_is_one() -> None:
    credentials = credentials_of_function(lambda _: {"AWS_ACCESS_KEY_ID": "000000000000", "AWS_SESSION_TOKEN": ""})
    given = credentials({"Role": f"arn:aws:iam::000000000000:role/{ROLE}"})
    assert given == {"AWS_ACCESS_KEY_ID": ROLE, "AWS_SECRET_ACCESS_KEY": "local", "AWS_SESSION_TOKEN": ""}
    assert credentials({"Role": "arn:aws:iam::000000000000:role/nobody"})["AWS_ACCESS_KEY_ID"] == "000000000000"


def test_what_does_not_exist_has_no_key_and_no_objects() -> None:
    cloud = Emulated()
    assert (cloud.key_of("none"), cloud.holds("none", "a"), cloud.key_of_topic("*")) == (None, False, None)
    assert cloud.identity_of("a@mail.shop.example", "eu-west-1") == "mail.shop.example"
