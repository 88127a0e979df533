"""Mail both ways: SES, the customer's mailbox, and the topics on which SES tells of what it sent and what it took."""

from local.host import Model, Resource
from local.picture.graph import Edge, Kind, Node, Place
from local.picture.reading.messages import QUEUE_TYPE, queue_id
from local.picture.reading.part import Part, Reading, workload_id

SENDING_TYPE = "aws:sesv2/configurationSet:ConfigurationSet"
IDENTITY_TYPE = "aws:sesv2/emailIdentity:EmailIdentity"
DESTINATION_TYPE = "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination"
RECEIPT_TYPE = "aws:ses/receiptRule:ReceiptRule"
TOPIC_TYPE = "aws:sns/topic:Topic"
SUBSCRIPTION_TYPE = "aws:sns/topicSubscription:TopicSubscription"

MAILBOX = "outside:mailbox"
SNS = "topic:sns"
"""All topics in one: SES publishes on each, and each fills a queue."""


def read(reading: Reading) -> Part:
    """Mail out, events and answers back."""
    model = reading.model
    sending = model.of_type(SENDING_TYPE)
    mailbox = Node(MAILBOX, Kind.OUTSIDE, Place.OUTSIDE, "customer", lines=("mailbox",))
    return Part(
        nodes=(
            *(_ses(configuration, model) for configuration in sending),
            *_sns(model),
            *([mailbox] if sending else []),
        ),
        edges=(
            *(
                Edge(workload_id(sender), _ses_id(configuration))
                for configuration in sending
                for sender in reading.allowed("ses:SendEmail", configuration.outputs["arn"])
            ),
            *(Edge(_ses_id(configuration), MAILBOX, "mail with PDF") for configuration in sending),
            *_events(model),
        ),
    )


def _events(model: Model) -> list[Edge]:
    topics = {topic.outputs["arn"] for topic in model.of_type(TOPIC_TYPE)}
    queues = {queue.outputs["arn"]: queue for queue in model.of_type(QUEUE_TYPE)}
    sending = {configuration.id: configuration for configuration in model.of_type(SENDING_TYPE)}
    published = [
        Edge(_ses_id(sending[destination.inputs["configurationSetName"]]), SNS, "events")
        for destination in model.of_type(DESTINATION_TYPE)
        if _topic_of(destination) in topics and destination.inputs["configurationSetName"] in sending
    ]
    subscribed = [
        Edge(SNS, queue_id(queues[subscription.inputs["endpoint"]]))
        for subscription in model.of_type(SUBSCRIPTION_TYPE)
        if subscription.inputs["topic"] in topics and subscription.inputs["endpoint"] in queues
    ]
    return published + subscribed


def _ses(configuration: Resource, model: Model) -> Node:
    identities = [
        identity.inputs["emailIdentity"]
        for identity in model.of_type(IDENTITY_TYPE)
        if identity.inputs.get("configurationSetName") == configuration.id
    ]
    return Node(_ses_id(configuration), Kind.MAIL, Place.MAIL, "SES", "mail", tuple(identities))


def _sns(model: Model) -> list[Node]:
    topics = {topic.outputs["arn"] for topic in model.of_type(TOPIC_TYPE)}
    told = [
        ", ".join(event.lower() for event in destination.inputs["eventDestination"]["matchingEventTypes"])
        for destination in model.of_type(DESTINATION_TYPE)
        if _topic_of(destination) in topics
    ]
    taken = [
        f"mail to {', '.join(rule.inputs['recipients'])}"
        for rule in model.of_type(RECEIPT_TYPE)
        if topics & {action["topicArn"] for action in rule.inputs["s3Actions"]}
    ]
    return [Node(SNS, Kind.TOPIC, Place.MAIL, "SNS", "topics", (*told, *taken))] if topics else []


def _topic_of(destination: Resource) -> str | None:
    stated: dict[str, str] = destination.inputs["eventDestination"].get("snsDestination") or {}
    return stated.get("topicArn")


def _ses_id(configuration: Resource) -> str:
    return f"mail:{configuration.name}"
