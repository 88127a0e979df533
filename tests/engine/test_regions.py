"""The engine on the repository's own program: every stack goes up, stays as it is, changes and goes down."""

from pathlib import Path

import pytest
from pulumi.automation import CommandError

from local.host import Cloud
from tests.engine.conftest import Aws
from tests.support.engine import POLICIES, Engine, changes
from tests.support.stacks import STACKS, model_of

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def left(aws: Aws, region: str) -> dict[str, list[str]]:
    """What there still is of the product in the emulator, by kind."""
    kms = aws("kms", region)
    keys = [kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in kms.list_keys()["Keys"]]
    found = {
        "queues": aws("sqs", region).list_queues().get("QueueUrls", []),
        "topics": aws("sns", region).list_topics()["Topics"],
        "buckets": [bucket["Name"] for bucket in aws("s3", region).list_buckets()["Buckets"]],
        "rule sets": aws("ses", region).list_receipt_rule_sets().get("RuleSets", []),
        "roles": [role["RoleName"] for role in aws("iam", region).list_roles()["Roles"]],
        "pools": aws("cognito-idp", region).list_user_pools(MaxResults=60)["UserPools"],
        "identities": aws("sesv2", region).list_email_identities()["EmailIdentities"],
        "configuration sets": aws("sesv2", region).list_configuration_sets()["ConfigurationSets"],
        "keys": [key["KeyId"] for key in keys if key["KeyManager"] == "CUSTOMER" and key["KeyState"] == "Enabled"],
        "aliases": [alias for alias in kms.list_aliases()["Aliases"] if "cloud-sales" in alias["AliasName"]],
    }
    return {kind: things for kind, things in found.items() if things}


@pytest.mark.parametrize("name", STACKS)
def test_a_stack_goes_up_stays_changes_and_goes_down(name: str, tmp_path: Path, cloud: Cloud, aws: Aws) -> None:
    engine = Engine(tmp_path, cloud)
    stack, model = engine.stack(name), model_of(name)
    region = stack.get_config("aws:region").value
    before = left(aws, region)

    assert changes(stack.up(policy_packs=[str(POLICIES)])) == {"create": len(model.resources) + 1}
    assert stack.outputs().keys() == model.outputs.keys()
    stack.up(expect_no_changes=True)

    engine.set(name, payloads__expiryDays=21)
    # The bucket's own rule, and the release whose pods are told of it.
    assert stack.preview().change_summary == {"update": 2, "same": len(model.resources) - 1}
    assert changes(stack.up()) == {"update": 2}

    with pytest.raises(CommandError, match="protect"):
        stack.destroy()
    assert {"buckets", "pools", "keys"} <= left(aws, region).keys()
    engine.command("state", "unprotect", "--all", "--yes", "--stack", name)
    stack.destroy()
    assert left(aws, region) == before
