"""The seams between the steps: every queue has a producer, a consumer and a dead-letter queue."""

import ast
import json

import pytest

from infra.mail import EVENTS
from local.host import Model
from local.host.capture import ROOT
from services.registry import QUEUES, SERVICES, SES_EVENTS, Need, Queue, queue_variable
from tests.support.stacks import STACKS, model_of, only, statements

FOURTEEN_DAYS = 14 * 86_400


@pytest.fixture(params=STACKS)
def model(request: pytest.FixtureRequest) -> Model:
    return model_of(request.param)


def queue_named(model: Model, name: str) -> dict[str, object]:
    (inputs,) = (queue.outputs for queue in model.of_type("aws:sqs/queue:Queue") if queue.inputs["name"] == name)
    return inputs


@pytest.mark.parametrize("queue", QUEUES, ids=lambda queue: queue.name)
def test_every_queue_has_a_producer_and_a_consumer(queue: Queue) -> None:
    by_name = {service.name: service for service in SERVICES}
    assert Need.PAYLOADS in by_name[queue.consumer].needs
    assert queue.producer == SES_EVENTS or Need.PAYLOADS in by_name[queue.producer].needs


@pytest.mark.parametrize("queue", QUEUES, ids=lambda queue: queue.name)
def test_every_queue_of_the_registry_stands_with_its_dead_letter_queue(model: Model, queue: Queue) -> None:
    name = f"cloud-sales-{model.stack}-{queue.name}"
    source, dead_letters = queue_named(model, name), queue_named(model, f"{name}-dlq")
    assert json.loads(str(source["redrivePolicy"])) == {
        "deadLetterTargetArn": dead_letters["arn"],
        "maxReceiveCount": 5,
    }
    (allowed,) = (
        json.loads(policy.inputs["redriveAllowPolicy"])
        for policy in model.of_type("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy")
        if policy.inputs["queueUrl"] == dead_letters["url"]
    )
    assert allowed == {"redrivePermission": "byQueue", "sourceQueueArns": [source["arn"]]}


def test_there_are_no_other_queues(model: Model) -> None:
    names = {queue.inputs["name"] for queue in model.of_type("aws:sqs/queue:Queue")}
    declared = {f"cloud-sales-{model.stack}-{queue.name}" for queue in QUEUES}
    assert names == declared | {f"{name}-dlq" for name in declared}


def test_queues_are_encrypted_polled_long_and_outlasted_by_their_dead_letter_queue(model: Model) -> None:
    for queue in model.of_type("aws:sqs/queue:Queue"):
        assert queue.inputs["sqsManagedSseEnabled"] is True
        assert queue.inputs["receiveWaitTimeSeconds"] == 20
        is_dead_letter_queue = queue.inputs["name"].endswith("-dlq")
        assert (queue.inputs["messageRetentionSeconds"] == FOURTEEN_DAYS) is is_dead_letter_queue


def test_a_queue_cannot_be_made_without_its_dead_letter_queue() -> None:
    """Only the component that always makes both names the resource."""
    users = set()
    for path in [*ROOT.glob("infra/**/*.py"), *ROOT.glob("stacks/**/*.py")]:
        names = {ast.unparse(node) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
        if "aws.sqs.Queue" in names or "sqs.Queue" in names:
            users.add(path.relative_to(ROOT).as_posix())
    assert users == {"infra/queue.py"}


def test_only_ses_s_own_topic_may_deliver_and_only_to_the_event_queue(model: Model) -> None:
    topic = only(model, "aws:sns/topic:Topic").outputs["arn"]
    events = queue_named(model, f"cloud-sales-{model.stack}-mail-events")
    policy = only(model, "aws:sqs/queuePolicy:QueuePolicy")
    assert policy.inputs["queueUrl"] == events["url"]
    assert statements(policy.inputs["policy"]) == [
        {
            "Sid": "TopicDelivers",
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": ["sqs:SendMessage"],
            "Resource": [events["arn"]],
            "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
        }
    ]


def test_mail_events_reach_their_queue_as_ses_wrote_them(model: Model) -> None:
    topic = only(model, "aws:sns/topic:Topic").outputs["arn"]
    destination = only(model, "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination").inputs
    subscription = only(model, "aws:sns/topicSubscription:TopicSubscription")
    policy = only(model, "aws:sqs/queuePolicy:QueuePolicy")
    events = queue_named(model, f"cloud-sales-{model.stack}-mail-events")
    assert destination["eventDestination"]["snsDestination"] == {"topicArn": topic}
    assert tuple(destination["eventDestination"]["matchingEventTypes"]) == EVENTS
    assert subscription.inputs["topic"] == topic
    assert subscription.inputs["endpoint"] == events["arn"]
    assert subscription.inputs["rawMessageDelivery"] is True
    assert policy.urn in subscription.dependencies


def test_mail_leaves_over_tls_only_and_ses_alone_may_publish(model: Model) -> None:
    configuration = only(model, "aws:sesv2/configurationSet:ConfigurationSet")
    identity = only(model, "aws:sesv2/emailIdentity:EmailIdentity").inputs
    assert configuration.inputs["deliveryOptions"] == {"tlsPolicy": "REQUIRE"}
    assert identity["configurationSetName"] == configuration.inputs["configurationSetName"]
    (publish,) = statements(only(model, "aws:sns/topicPolicy:TopicPolicy").inputs["policy"])
    assert publish["Principal"] == {"Service": "ses.amazonaws.com"}
    assert publish["Condition"]["ArnEquals"] == {"aws:SourceArn": configuration.outputs["arn"]}


def test_queue_variables_are_distinct() -> None:
    assert len({queue_variable(queue) for queue in QUEUES}) == len(QUEUES)
