"""Mail that leaves only over TLS, and the topic on which SES tells what became of each message."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.checks import refuse_faults, unlike
from infra.placement import Placement
from infra.tags import Tags
from infra.topic import ses_topic

EVENTS = ("SEND", "DELIVERY", "BOUNCE", "COMPLAINT", "REJECT")
"""The events that settle the fate of a message."""


@dataclass(frozen=True)
class MailArgs:
    """What a mail identity needs to be told."""

    domain: str
    placement: Placement
    tags: Tags

    def __post_init__(self) -> None:
        refuse_faults("Mail", domain=unlike(self.domain, r"([a-z0-9-]+\.)+[a-z]{2,}", "a lower-case domain name"))


class Mail(pulumi.ComponentResource):
    """A sending domain with its configuration set and event topic, both under the component's name."""

    identity_arn: pulumi.Output[str]
    configuration_set: pulumi.Output[str]
    configuration_set_arn: pulumi.Output[str]
    topic_arn: pulumi.Output[str]
    dkim_tokens: pulumi.Output[Sequence[str]]

    def __init__(self, name: str, args: MailArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:Mail", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        configuration = aws.sesv2.ConfigurationSet(
            name,
            configuration_set_name=name,
            delivery_options={"tls_policy": "REQUIRE"},
            reputation_options={"reputation_metrics_enabled": True},
            sending_options={"sending_enabled": True},
            suppression_options={"suppressed_reasons": ["BOUNCE", "COMPLAINT"]},
            tags=args.tags.as_tags(),
            opts=child,
        )
        identity = aws.sesv2.EmailIdentity(
            name,
            email_identity=args.domain,
            configuration_set_name=configuration.configuration_set_name,
            tags=args.tags.as_tags(),
            opts=child,
        )
        topic = ses_topic(
            name,
            f"Mail events of {name}",
            source_arn=configuration.arn,
            placement=args.placement,
            tags=args.tags,
            parent=self,
        )
        # SES sends a test event when a destination is made, so it has to be allowed to publish by then.
        aws.sesv2.ConfigurationSetEventDestination(
            name,
            configuration_set_name=configuration.configuration_set_name,
            event_destination_name="events",
            event_destination={
                "enabled": True,
                "matching_event_types": list(EVENTS),
                "sns_destination": {"topic_arn": topic.arn},
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[topic.allowed]),
        )
        self.identity_arn = identity.arn
        self.configuration_set = configuration.configuration_set_name
        self.configuration_set_arn = configuration.arn
        self.topic_arn = topic.arn
        self.dkim_tokens = identity.dkim_signing_attributes.apply(lambda known: list(known.tokens or ()))
        self.register_outputs({"identityArn": self.identity_arn, "configurationSet": self.configuration_set})
