"""What realising does to the emulator."""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local.host import Cloud, HostError, Model, realise, verdict
from local.host.errors import PolicyError, ResourceError
from policies.judge import Judgement, Level, Violation
from tests.unit.host.conftest import SHOP

Aws = Callable[[str], Any]


def shop(cloud: Cloud, state: Path | None = None, **overlay: object) -> Model:
    settings = {f"shop:{key.replace('__', '.')}": value for key, value in overlay.items()}
    return realise("eu", settings, cloud, state, SHOP)


def identities(model: Model) -> list[tuple[str, str | None]]:
    return [(resource.urn, resource.id) for resource in model]


def test_a_second_run_adopts_everything(cloud: Cloud, aws: Aws) -> None:
    first = shop(cloud)
    keys = aws("kms").list_keys()["Keys"]
    assert identities(shop(cloud)) == identities(first)
    assert aws("kms").list_keys()["Keys"] == keys
    assert len(aws("sqs").list_queues(QueueNamePrefix="shop-orders")["QueueUrls"]) == 2


def test_exports_are_the_emulators_answers(cloud: Cloud, aws: Aws) -> None:
    url = shop(cloud).outputs["queueUrl"]
    assert url == aws("sqs").get_queue_url(QueueName="shop-orders")["QueueUrl"]
    aws("sqs").send_message(QueueUrl=url, MessageBody="hello")
    assert aws("sqs").receive_message(QueueUrl=url)["Messages"][0]["Body"] == "hello"


def test_a_changed_property_is_updated(cloud: Cloud, aws: Aws) -> None:
    for seconds in (30, 45):
        url = shop(cloud, orders__visibilitySeconds=seconds).outputs["queueUrl"]
        attributes = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        assert attributes["VisibilityTimeout"] == str(seconds)
        assert json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"].endswith(":shop-orders-dlq")


def test_an_ignored_property_is_left_to_others(cloud: Cloud, aws: Aws) -> None:
    url = shop(cloud).outputs["queueUrl"]
    aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={"MessageRetentionPeriod": "120"})
    shop(cloud)
    attributes = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["MessageRetentionPeriod"])["Attributes"]
    assert attributes["MessageRetentionPeriod"] == "120"


def test_a_veto_comes_before_anything_is_created(cloud: Cloud, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    forbidden = Violation("queue-names", Level.MANDATORY, "urn:of:queue", "this name is taken")
    advice = Violation("queue-sizes", Level.ADVISORY, "urn:of:queue", "could be smaller")
    monkeypatch.setattr(verdict, "judgement", lambda *_: Judgement((advice, forbidden), ()))
    with pytest.raises(PolicyError, match=r"nothing was created:\nqueue-names:\n  - this name is taken\n    urn:of"):
        shop(cloud, orders__name="vetoed")
    assert not aws("sqs").list_queues(QueueNamePrefix="vetoed").get("QueueUrls")


def test_advice_is_only_logged(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    advice = Violation("sizes", Level.ADVISORY, "urn:q", "could be smaller")
    monkeypatch.setattr(verdict, "judgement", lambda *_: Judgement((advice,), ()))
    assert shop(cloud).resources
    assert "sizes: could be smaller" in caplog.text


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ("bad-value", r"aws:sqs/queue:Queue 'bad': the emulator refused it: .*VisibilityTimeout"),
        ("unknown-property", r"aws:sqs/queue:Queue 'inline': 'policy' is not known to the local home"),
        ("nameless-key", r"aws:kms/key:Key 'lonely': has no aws\.kms\.Alias"),
        ("elsewhere", r"aws:sqs/queue:Queue 'far': 'region' is not known to the local home"),
    ],
)
def test_a_resource_that_cannot_be_made_is_named(cloud: Cloud, extra: str, message: str) -> None:
    with pytest.raises(ResourceError, match=message):
        shop(cloud, extra=extra)


def test_an_emulator_that_is_down_is_named(cloud: Cloud) -> None:
    with pytest.raises(HostError, match=r"the AWS emulator at http://127\.0\.0\.1:1 does not answer"):
        shop(replace(cloud, emulator="http://127.0.0.1:1"))


def test_what_is_no_longer_declared_is_deleted(cloud: Cloud, aws: Aws, tmp_path: Path) -> None:
    state = tmp_path / "model.json"
    (topic,) = shop(cloud, state, extra="topic").of_type("aws:sns/topic:Topic")
    assert Model.from_json(state.read_text(encoding="utf-8")).of_type(topic.type) == (topic,)
    shop(cloud, state)
    assert topic.id not in {known["TopicArn"] for known in aws("sns").list_topics()["Topics"]}


def test_everything_that_can_go_goes(cloud: Cloud, aws: Aws, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    state = tmp_path / "model.json"
    shop(cloud, state, extra="estate")
    pool = shop(cloud, state, extra="estate-changed").of_type("aws:cognito/userPool:UserPool")[0].id
    mail = aws("sesv2").get_configuration_set(ConfigurationSetName="estate")
    assert mail["DeliveryOptions"]["TlsPolicy"] == "REQUIRE"
    key = aws("kms").describe_key(KeyId="alias/estate")["KeyMetadata"]
    assert key["Description"] == "estate with REQUIRE"
    cognito = aws("cognito-idp")
    (server,) = cognito.list_resource_servers(UserPoolId=pool, MaxResults=10)["ResourceServers"]
    assert [scope["ScopeName"] for scope in server["Scopes"]] == ["require"]
    assert cognito.describe_user_pool_domain(Domain="estate")["DomainDescription"]["UserPoolId"] == pool

    with caplog.at_level(logging.WARNING, "local.host"):
        shop(cloud, state)

    told = [record.getMessage() for record in caplog.records if record.name.startswith("local.host")]
    stayed = {message.split(" is no longer")[0] for message in told}
    assert stayed == {f"aws:cognito/userPool:UserPool '{pool}'", f"aws:kms/key:Key '{key['KeyId']}'"}
    assert "estate" not in {role["RoleName"] for role in aws("iam").list_roles()["Roles"]}
    assert "alias/estate" not in {alias["AliasName"] for alias in aws("kms").list_aliases()["Aliases"]}
    assert "estate" not in {bucket["Name"] for bucket in aws("s3").list_buckets()["Buckets"]}
    assert "estate" not in aws("sesv2").list_configuration_sets()["ConfigurationSets"]
    assert not aws("sqs").list_queues(QueueNamePrefix="estate").get("QueueUrls")
    assert not cognito.list_user_pool_clients(UserPoolId=pool, MaxResults=10)["UserPoolClients"]
    assert not cognito.list_resource_servers(UserPoolId=pool, MaxResults=10)["ResourceServers"]
    assert not cognito.describe_user_pool_domain(Domain="estate")["DomainDescription"]


def test_what_must_not_be_deleted_is_named(
    cloud: Cloud, aws: Aws, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    state = tmp_path / "model.json"
    shop(cloud, state, extra="bucket")
    aws("s3").put_object(Bucket="shop-extra", Key="order", Body=b"{}")
    with caplog.at_level(logging.WARNING, "local.host"):
        (topic,) = shop(cloud, state, extra="protected-topic").of_type("aws:sns/topic:Topic")
        shop(cloud, state)
    assert "aws:s3/bucket:Bucket 'shop-extra' is no longer declared but stays: " in caplog.text
    assert f"aws:sns/topic:Topic '{topic.id}' is no longer declared but stays: it is protected" in caplog.text
    assert aws("s3").get_object(Bucket="shop-extra", Key="order")["Body"].read() == b"{}"


def test_what_a_failed_run_made_is_remembered(cloud: Cloud, aws: Aws, tmp_path: Path) -> None:
    state = tmp_path / "model.json"
    with pytest.raises(ResourceError):
        shop(cloud, state, orders__name="shop-half", extra="bad-value")
    assert Model.from_json(state.read_text(encoding="utf-8")).stack == "eu"
    shop(cloud, state)
    assert not aws("sqs").list_queues(QueueNamePrefix="shop-half").get("QueueUrls")


def test_a_damaged_state_says_what_to_do(cloud: Cloud, tmp_path: Path) -> None:
    state = tmp_path / "model.json"
    state.write_text("{", encoding="utf-8")
    with pytest.raises(HostError, match=r"model\.json: .*; remove it, the next run then adopts by name"):
        shop(cloud, state)
