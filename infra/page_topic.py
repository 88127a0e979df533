"""A topic on which the system calls for a human."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.checks import refuse_faults, unlike
from infra.key import EncryptionKey, EncryptionKeyArgs
from infra.placement import Placement
from infra.tags import Tags


@dataclass(frozen=True)
class PageTopicArgs:
    """What it needs to be told; `address` is that of the rota's paging service, which confirms it once by a click."""

    address: str
    placement: Placement
    tags: Tags

    def __post_init__(self) -> None:
        refuse_faults("PageTopic", address=unlike(self.address, r"[^@\s]+@[^@\s]+\.[a-z]+", "an e-mail address"))


class PageTopic(pulumi.ComponentResource):
    """An encrypted topic; the account's IAM policies decide who publishes on it."""

    arn: pulumi.Output[str]
    key_arn: pulumi.Output[str]

    def __init__(self, name: str, args: PageTopicArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:PageTopic", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        key = EncryptionKey(name, EncryptionKeyArgs(f"Pages on {name}", args.placement, args.tags), child)
        topic = aws.sns.Topic(name, name=name, kms_master_key_id=key.arn, tags=args.tags.as_tags(), opts=child)
        aws.sns.TopicSubscription(name, topic=topic.arn, protocol="email", endpoint=args.address, opts=child)
        self.arn = topic.arn
        self.key_arn = key.arn
        self.register_outputs({"arn": self.arn})
