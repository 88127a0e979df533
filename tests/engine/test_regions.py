"""The engine on the repository's own program: every stack goes up, stays as it is, changes and goes down."""

from collections.abc import Iterator
from typing import Any

import pytest
from pulumi.automation import CommandError

from local.host import Cloud
from tests.engine.conftest import Aws
from tests.support.engine import POLICIES, Engine, changes
from tests.support.stacks import STACKS, WORLDWIDE, model_of

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


REFERENCE = "pulumi:pulumi:StackReference"
FIRST_FIRST = sorted(STACKS, key=lambda name: name != "eu")
"""The region whose database is made first comes up first, as the runbook has it."""


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
        "functions": [one["FunctionName"] for one in aws("lambda", region).list_functions()["Functions"]],
        "schedules": [one["Name"] for one in aws("scheduler", region).list_schedules()["Schedules"]],
        "groups": [one["Name"] for one in aws("scheduler", region).list_schedule_groups()["ScheduleGroups"]],
        "tables": aws("dynamodb", region).list_tables()["TableNames"],
        "aliases": [alias for alias in kms.list_aliases()["Aliases"] if "cloud-sales" in alias["AliasName"]],
    }
    return {kind: things for kind, things in found.items() if things}


def weighted(aws: Aws, zone: str, name: str) -> dict[str, Any]:
    """The record that says how much of the traffic the region gets."""
    records = aws("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    (record,) = (one for one in records if one.get("SetIdentifier") == name)
    found: dict[str, Any] = record
    return found


def reweigh(aws: Aws, zone: str, name: str, weight: int) -> None:
    """As whoever shifts the traffic does it while the platform runs."""
    record = weighted(aws, zone, name) | {"Weight": weight}
    changed = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
    aws("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch=changed)


def away(engine: Engine, name: str) -> None:
    """Takes the stack down, and sees that what holds something asks for leave first."""
    stack = engine.stack(name)
    with pytest.raises(CommandError, match="protect"):
        stack.destroy()
    engine.command("state", "unprotect", "--all", "--yes", "--stack", name)
    stack.destroy()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, cloud: Cloud, aws: Aws) -> Iterator[Engine]:
    """With the stack that all regions stand on, which goes when they have gone."""
    engine = Engine(tmp_path_factory.mktemp("engine"), cloud)
    stack, model = engine.stack(WORLDWIDE), model_of(WORLDWIDE)
    home = stack.get_config("aws:region").value
    before = left(aws, home)
    assert changes(stack.up(policy_packs=[str(POLICIES)])) == {"create": len(model.resources) + 1}
    assert stack.outputs().keys() == model.outputs.keys()
    stack.up(expect_no_changes=True)
    yield engine
    away(engine, WORLDWIDE)
    assert left(aws, home) == before


@pytest.mark.parametrize("name", FIRST_FIRST)
def test_a_region_goes_up_stays_changes_and_goes_down(name: str, engine: Engine, aws: Aws) -> None:
    stack, model = engine.stack(name), model_of(name)
    made = [resource for resource in model.resources if resource.type != REFERENCE]
    region = stack.get_config("aws:region").value
    zone = engine.stack(WORLDWIDE).outputs()["zoneId"].value
    before = left(aws, region)

    assert changes(stack.up(policy_packs=[str(POLICIES)])) == {"create": len(made) + 1}
    assert stack.outputs().keys() == model.outputs.keys()
    stack.up(expect_no_changes=True)
    reweigh(aws, zone, name, 7)

    engine.set(name, payloads__expiryDays=21)
    # The bucket's own rule, and the release whose pods are told of it.
    planned = stack.preview().change_summary
    assert planned == {"update": 2, "same": len(made) - 1}
    assert changes(stack.up()) == {"update": 2}
    assert weighted(aws, zone, name)["Weight"] == 7, "what was set while it runs is nobody's to put back"

    away(engine, name)
    assert left(aws, region) == before
