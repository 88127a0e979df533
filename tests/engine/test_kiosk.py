"""The engine on a small program: what it does with resources that the plugins keep."""

from pathlib import Path

import pytest
from pulumi.automation import CommandError

from local.host import Cloud
from tests.engine.conftest import Aws
from tests.support.engine import POLICIES, Engine, changes

# What a failing program leaves is dropped within its own test.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

KIOSK = Path(__file__).parent / "programs" / "kiosk"
DELAY, VISIBILITY = "DelaySeconds", "VisibilityTimeout"


@pytest.fixture
def kiosk(tmp_path: Path, cloud: Cloud) -> Engine:
    return Engine(tmp_path, cloud, KIOSK)


def attributes(aws: Aws, name: str, *names: str) -> dict[str, str]:
    url = aws("sqs").get_queue_url(QueueName=name)["QueueUrl"]
    answer: dict[str, str] = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=list(names))["Attributes"]
    return answer


def queues(aws: Aws) -> list[str]:
    return [url.rpartition("/")[2] for url in aws("sqs").list_queues(QueueNamePrefix="kiosk").get("QueueUrls", [])]


def test_a_stack_goes_up_changes_and_goes_down(kiosk: Engine, aws: Aws) -> None:
    stack = kiosk.stack("one")
    assert stack.preview().change_summary == {"create": 5}
    assert queues(aws) == []

    assert changes(stack.up()) == {"create": 5}
    again = stack.up(expect_no_changes=True)
    assert attributes(aws, "kiosk-one", VISIBILITY) == {VISIBILITY: "30"}

    kiosk.set("one", visibility=45)
    assert changes(stack.up()) == {"update": 1}
    assert attributes(aws, "kiosk-one", VISIBILITY) == {VISIBILITY: "45"}

    kiosk.set("one", queue="kiosk-renamed")
    assert changes(stack.up()) == {"replace": 2}
    assert queues(aws) == ["kiosk-renamed"]

    assert changes(stack.destroy()) == {"delete": 5}
    assert queues(aws) == []
    assert "kiosk-one" not in {role["RoleName"] for role in aws("iam").list_roles()["Roles"]}
    key = aws("kms").describe_key(KeyId=again.outputs["key"].value)["KeyMetadata"]
    assert key["KeyState"] == "PendingDeletion"


def test_what_changed_at_run_time_is_kept_put_back_or_made_anew(kiosk: Engine, aws: Aws) -> None:
    stack = kiosk.stack("one")
    url = stack.up().outputs["url"].value
    aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={DELAY: "7", VISIBILITY: "99"})
    aws("iam").delete_role(RoleName="kiosk-one")
    assert stack.refresh(preview_only=True, diff=True).stdout.count("99") >= 1

    assert changes(stack.up()) == {"update": 1, "create": 1}
    assert attributes(aws, "kiosk-one", DELAY, VISIBILITY) == {DELAY: "7", VISIBILITY: "30"}
    assert aws("iam").get_role(RoleName="kiosk-one")["Role"]["RoleName"] == "kiosk-one"
    stack.up(expect_no_changes=True)


def test_a_stack_reads_another_and_no_secret_is_written_down(kiosk: Engine, tmp_path: Path) -> None:
    upstream = kiosk.stack("one").up()
    downstream = kiosk.stack("two").up()
    assert downstream.outputs["upstreamUrl"].value == upstream.outputs["url"].value
    secret = downstream.outputs["upstreamSecret"]
    assert (secret.value, secret.secret) == ("whispered", True)
    kept = [path for path in (tmp_path / "state").rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if b"whispered" in path.read_bytes()]


def test_a_veto_of_the_policies_comes_before_anything_is_created(kiosk: Engine, aws: Aws) -> None:
    kiosk.set("one", queue="kiosk-vetoed")
    with pytest.raises(CommandError) as veto:
        kiosk.stack("one").up(policy_packs=[str(POLICIES)])
    assert "[mandatory]" in str(veto.value)
    assert "kiosk-vetoed" not in queues(aws)


def test_a_value_that_the_cloud_refuses_is_named_with_its_resource(kiosk: Engine) -> None:
    kiosk.set("one", queue="kiosk-refused", visibility=999_999)
    with pytest.raises(CommandError) as refusal:
        kiosk.stack("one").up()
    assert "aws:sqs/queue:Queue 'orders': the emulator refused it" in str(refusal.value)
    assert "VisibilityTimeout" in str(refusal.value)
