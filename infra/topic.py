"""A topic on which one source inside SES publishes, and nobody else."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.key import EncryptionKey, EncryptionKeyArgs, ServiceUse
from infra.placement import Placement
from infra.statements import Statement, document
from infra.tags import Tags

SES = "ses.amazonaws.com"


@dataclass(frozen=True)
class SesTopic:
    """The topic; what makes SES publish has to wait until it is `allowed`, for SES tries at once."""

    arn: pulumi.Output[str]
    allowed: aws.sns.TopicPolicy


def ses_topic(  # noqa: PLR0913 - each says another thing of the one topic
    name: str,
    purpose: str,
    *,
    source_arn: pulumi.Input[str],
    placement: Placement,
    tags: Tags,
    parent: pulumi.ComponentResource,
) -> SesTopic:
    """A topic under a key of its own, as part of the component `parent`.

    Args:
        name: of the topic and of its key.
        purpose: what the key protects.
        source_arn: the configuration set or the receipt rule that may publish.
        placement: whose SES that is.
        tags: of the topic and of its key.
        parent: the component.
    """
    of_this_account = from_account(placement)
    child = pulumi.ResourceOptions(parent=parent)
    key = EncryptionKey(
        name, EncryptionKeyArgs(purpose, placement, tags, uses=[ServiceUse(SES, of_this_account)]), child
    )
    topic = aws.sns.Topic(name, name=name, kms_master_key_id=key.arn, tags=tags.as_tags(), opts=child)
    only_ses = Statement(
        "SesPublishes",
        ["sns:Publish"],
        [topic.arn],
        principal={"Service": SES},
        conditions={**of_this_account, "ArnEquals": {"aws:SourceArn": source_arn}},
    )
    return SesTopic(topic.arn, aws.sns.TopicPolicy(name, arn=topic.arn, policy=document(only_ses), opts=child))


def from_account(placement: Placement) -> dict[str, dict[str, str]]:
    """The condition that SES acts for this account."""
    return {"StringEquals": {"aws:SourceAccount": placement.account}}
