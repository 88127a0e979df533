"""The seams between the steps: every queue has a producer, a consumer and a dead-letter queue."""

import ast
import json

import pytest

from infra.inbound_mail import receipt_rule_arn
from infra.mail import EVENTS
from infra.placement import Placement
from local.host import Model, Resource
from local.host.capture import ROOT
from services.registry import INBOUND_PREFIX, OUTSIDE, QUEUES, SERVICES, Need, Queue, queue_variable
from tests.support.stacks import STACKS, model_of, only, place_of, statements

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
    assert {Need.PAYLOADS, Need.INBOUND} & by_name[queue.consumer].needs
    assert queue.producer in OUTSIDE or Need.PAYLOADS in by_name[queue.producer].needs


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
    # What the controller could not do is kept too, but nothing is handed over to it by a queue.
    assert names == declared | {f"{name}-dlq" for name in declared} | {f"cloud-sales-{model.stack}-sun-dlq"}


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


SES_QUEUES = {"mail-events": "mail", "inbound-mail": "inbound"}
"""The queues that SES fills, with the names of their topics."""


def of_topic(model: Model, token: str, name: str, key: str) -> Resource:
    arn = f"arn:aws:sns:{place_of(model).region}:{place_of(model).account}:cloud-sales-{model.stack}-{name}"
    (found,) = (resource for resource in model.of_type(token) if resource.inputs[key] == arn)
    return found


@pytest.mark.parametrize(("queue", "topic"), SES_QUEUES.items())
def test_only_ses_s_own_topic_delivers_to_a_queue_of_ses_s_and_as_ses_wrote_it(
    model: Model, queue: str, topic: str
) -> None:
    target = queue_named(model, f"cloud-sales-{model.stack}-{queue}")
    subscription = of_topic(model, "aws:sns/topicSubscription:TopicSubscription", topic, "topic")
    policies = {policy.inputs["queueUrl"]: policy for policy in model.of_type("aws:sqs/queuePolicy:QueuePolicy")}
    assert len(policies) == len(SES_QUEUES)
    policy = policies[str(target["url"])]
    assert statements(policy.inputs["policy"]) == [
        {
            "Sid": "TopicDelivers",
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": ["sqs:SendMessage"],
            "Resource": [target["arn"]],
            "Condition": {"ArnEquals": {"aws:SourceArn": subscription.inputs["topic"]}},
        }
    ]
    assert subscription.inputs["endpoint"] == target["arn"]
    assert subscription.inputs["rawMessageDelivery"] is True
    assert policy.urn in subscription.dependencies


def test_ses_tells_of_every_mail_that_it_sends(model: Model) -> None:
    destination = only(model, "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination").inputs
    topic = of_topic(model, "aws:sns/topicPolicy:TopicPolicy", "mail", "arn").inputs["arn"]
    assert destination["eventDestination"]["snsDestination"] == {"topicArn": topic}
    assert tuple(destination["eventDestination"]["matchingEventTypes"]) == EVENTS


def test_mail_to_the_domain_that_we_send_from_is_taken_over_tls_scanned_laid_aside_and_told(model: Model) -> None:
    rule, rules = only(model, "aws:ses/receiptRule:ReceiptRule"), only(model, "aws:ses/receiptRuleSet:ReceiptRuleSet")
    topic = of_topic(model, "aws:sns/topicPolicy:TopicPolicy", "inbound", "arn")
    assert rule.inputs["recipients"] == [only(model, "aws:sesv2/emailIdentity:EmailIdentity").inputs["emailIdentity"]]
    assert (rule.inputs["enabled"], rule.inputs["scanEnabled"], rule.inputs["tlsPolicy"]) == (True, True, "Require")
    assert rule.inputs["s3Actions"] == [
        {
            "bucketName": model.outputs["payloadBucket"],
            "objectKeyPrefix": INBOUND_PREFIX,
            "topicArn": topic.inputs["arn"],
            "position": 1,
        }
    ]
    active = only(model, "aws:ses/activeReceiptRuleSet:ActiveReceiptRuleSet")
    assert active.inputs["ruleSetName"] == rules.inputs["ruleSetName"] == rule.inputs["ruleSetName"]
    assert rule.urn in active.dependencies
    assert {topic.urn, only(model, "aws:s3/bucketPolicy:BucketPolicy").urn} <= set(rule.dependencies)


def test_only_the_receipt_rule_lays_mails_and_only_into_their_folder(model: Model) -> None:
    rule = only(model, "aws:ses/receiptRule:ReceiptRule")
    arn = receipt_rule_arn(Placement(place_of(model).account, place_of(model).region), rule.inputs["name"])
    assert rule.outputs["arn"] == arn
    by_the_rule = {
        "StringEquals": {"aws:SourceAccount": place_of(model).account},
        "ArnEquals": {"aws:SourceArn": arn},
    }
    (publish,) = statements(of_topic(model, "aws:sns/topicPolicy:TopicPolicy", "inbound", "arn").inputs["policy"])
    assert (publish["Principal"], publish["Condition"]) == ({"Service": "ses.amazonaws.com"}, by_the_rule)
    *_, laid = statements(only(model, "aws:s3/bucketPolicy:BucketPolicy").inputs["policy"])
    assert laid == {
        "Sid": "SesLaysMail",
        "Effect": "Allow",
        "Principal": {"Service": "ses.amazonaws.com"},
        "Action": ["s3:PutObject"],
        "Resource": [f"{only(model, 'aws:s3/bucket:Bucket').outputs['arn']}/{INBOUND_PREFIX}*"],
        "Condition": by_the_rule,
    }
    opened = [
        use["Condition"]
        for key in model.of_type("aws:kms/key:Key")
        for use in statements(key.inputs["policy"])
        if key.name == f"cloud-sales-{model.stack}-payloads" and use["Principal"] == {"Service": "ses.amazonaws.com"}
    ]
    assert opened == [by_the_rule]


def test_mail_leaves_over_tls_only_and_ses_alone_may_publish(model: Model) -> None:
    configuration = only(model, "aws:sesv2/configurationSet:ConfigurationSet")
    identity = only(model, "aws:sesv2/emailIdentity:EmailIdentity").inputs
    assert configuration.inputs["deliveryOptions"] == {"tlsPolicy": "REQUIRE"}
    assert identity["configurationSetName"] == configuration.inputs["configurationSetName"]
    (publish,) = statements(of_topic(model, "aws:sns/topicPolicy:TopicPolicy", "mail", "arn").inputs["policy"])
    assert publish["Principal"] == {"Service": "ses.amazonaws.com"}
    assert publish["Condition"]["ArnEquals"] == {"aws:SourceArn": configuration.outputs["arn"]}


def test_queue_variables_are_distinct() -> None:
    assert len({queue_variable(queue) for queue in QUEUES}) == len(QUEUES)
