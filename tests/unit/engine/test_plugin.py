"""A resource's life as the engine asks for it, one call at a time."""

import json
from typing import Any

import boto3
import grpc
import pytest
from pulumi.runtime.proto import provider_pb2
from pulumi.runtime.rpc import UNKNOWN

from local.host.wire import plain_object, to_struct

QUEUE = "aws:sqs/queue:Queue"
KEY = "aws:kms/key:Key"
CLUSTER = "aws:rds/cluster:Cluster"


def named(resource_type: str, name: str) -> dict[str, Any]:
    return {"urn": f"urn:pulumi:eu::shop::{resource_type}::{name}", "type": resource_type, "name": name}


def create(provider: Any, resource_type: str, logical: str, /, **inputs: object) -> tuple[str, dict[str, Any]]:
    request = provider_pb2.CreateRequest(**named(resource_type, logical), properties=to_struct(inputs))
    made = provider.Create(request)
    return made.id, plain_object(made.properties)


def read(provider: Any, resource_type: str, name: str, known: str, inputs: dict[str, Any]) -> Any:
    told = to_struct(inputs)
    return provider.Read(provider_pb2.ReadRequest(**named(resource_type, name), id=known, inputs=told, properties=told))


@pytest.fixture
def sqs(emulator_url: str) -> Any:
    session: Any = boto3.Session("local", "local", region_name="eu-west-1")
    return session.client("sqs", endpoint_url=emulator_url)


def test_a_resource_is_made_looked_at_changed_and_removed(provider: Any, sqs: Any) -> None:
    inputs = {"name": "life", "visibilityTimeoutSeconds": 30, "tags": {"owner": "shop"}}
    url, outputs = create(provider, QUEUE, "life", **inputs)
    assert outputs == {**inputs, "url": url, "arn": "arn:aws:sqs:eu-west-1:000000000000:life"}
    assert plain_object(read(provider, QUEUE, "life", url, inputs).inputs) == inputs

    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "90"})
    assert plain_object(read(provider, QUEUE, "life", url, inputs).inputs) == {**inputs, "visibilityTimeoutSeconds": 90}

    wanted = {**inputs, "visibilityTimeoutSeconds": 45}
    of = {**named(QUEUE, "life"), "id": url, "olds": to_struct(outputs), "old_inputs": to_struct(inputs)}
    updated = provider.Update(provider_pb2.UpdateRequest(**of, news=to_struct(wanted)))
    assert plain_object(updated.properties) == {**outputs, "visibilityTimeoutSeconds": 45}
    live = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    assert live == {"VisibilityTimeout": "45"}

    provider.Delete(provider_pb2.DeleteRequest(**named(QUEUE, "life"), id=url, old_inputs=to_struct(wanted)))
    assert read(provider, QUEUE, "life", url, wanted).id == ""
    provider.Delete(provider_pb2.DeleteRequest(**named(QUEUE, "life"), id=url, old_inputs=to_struct(wanted)))


def test_a_policy_that_says_the_same_in_other_words_has_not_changed(provider: Any, sqs: Any) -> None:
    url, _ = create(provider, QUEUE, "worded", name="worded")
    policy = json.dumps({"Version": "2012-10-17", "Statement": []}, indent=1)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(json.loads(policy))})
    inputs = {"queueUrl": url, "policy": policy}
    assert plain_object(read(provider, "aws:sqs/queuePolicy:QueuePolicy", "worded", url, inputs).inputs) == inputs


def test_a_preview_promises_outputs_and_makes_nothing(provider: Any, sqs: Any) -> None:
    request = provider_pb2.CreateRequest(**named(QUEUE, "promised"), properties=to_struct({"name": "promised"}))
    request.preview = True
    assert plain_object(provider.Create(request).properties) == {"name": "promised", "url": UNKNOWN, "arn": UNKNOWN}
    assert not sqs.list_queues(QueueNamePrefix="promised").get("QueueUrls")


def test_a_key_without_an_alias_is_found_again_by_its_id(provider: Any) -> None:
    key, outputs = create(provider, KEY, "key", description="before")
    of: dict[str, Any] = {**named(KEY, "key"), "id": key}
    wanted = to_struct({"description": "after"})
    updated = provider.Update(provider_pb2.UpdateRequest(**of, olds=to_struct(outputs), news=wanted))
    assert plain_object(updated.properties) == {**outputs, "description": "after"}
    provider.Delete(provider_pb2.DeleteRequest(**of))
    assert read(provider, KEY, "key", key, {"description": "after"}).id == ""


def test_what_this_machine_plays_is_pointed_at_its_player(provider: Any) -> None:
    inputs = {"clusterIdentifier": "orders", "engine": "aurora-postgresql"}
    known, outputs = create(provider, CLUSTER, "orders", **inputs)
    assert (known, outputs["endpoint"], outputs["port"]) == ("orders", "/run/database", 5432)
    assert plain_object(read(provider, CLUSTER, "orders", known, inputs).inputs) == inputs


def test_a_function_answers_of_the_configured_place(provider: Any) -> None:
    answered = provider.Invoke(provider_pb2.InvokeRequest(tok="aws:index/getRegion:getRegion"))
    assert plain_object(getattr(answered, "return"))["region"] == "eu-west-1"


def test_an_unknown_type_is_refused_before_anything_is_made(provider: Any) -> None:
    (failure,) = provider.Check(provider_pb2.CheckRequest(**named("aws:ec2/moon:Moon", "moon"))).failures
    assert failure.reason == "this type is not known to the local home"


def test_a_fault_reaches_the_engine_in_the_words_of_the_local_home(provider: Any) -> None:
    with pytest.raises(grpc.RpcError, match=r"aws:sqs/queue:Queue 'bad': the emulator refused it: .*VisibilityTimeout"):
        create(provider, QUEUE, "bad", name="bad", visibilityTimeoutSeconds=999_999)
