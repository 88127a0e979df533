"""Mail that comes in: SES takes it over TLS, scans it, lays it into a bucket as it came, and tells a topic."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.checks import refuse_faults, unlike
from infra.placement import Placement
from infra.tags import Tags
from infra.topic import ses_topic


@dataclass(frozen=True)
class InboundMailArgs:
    """What receiving needs to be told.

    Attributes:
        domain: whose mail is taken, every address of it; SES has verified it, and its MX record leads to SES.
        bucket: where the mails are laid; its policy and its key let `receipt_rule_arn` do so.
        prefix: what the mails' keys begin with, such as `inbound/`.
        after: what has to stand before, for SES tries the bucket when the rule is made.
    """

    domain: str
    bucket: pulumi.Input[str]
    prefix: str
    placement: Placement
    tags: Tags
    after: Sequence[pulumi.Resource] = ()

    def __post_init__(self) -> None:
        refuse_faults(
            "InboundMail",
            domain=unlike(self.domain, r"([a-z0-9-]+\.)+[a-z]{2,}", "a lower-case domain name"),
            prefix=unlike(self.prefix, r"[a-z][a-z0-9-]*/", "one folder such as inbound/"),
        )


def receipt_rule_arn(placement: Placement, name: str) -> str:
    """The ARN of the rule of the component of that name: known before the rule is, for what has to let it in."""
    return placement.arn("ses", f"receipt-rule-set/{name}:receipt-rule/{name}")


class InboundMail(pulumi.ComponentResource):
    """The region's active rule set with its one rule, and the topic that hears of each mail."""

    topic_arn: pulumi.Output[str]

    def __init__(self, name: str, args: InboundMailArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:InboundMail", name, None, opts)
        topic = ses_topic(
            name,
            f"Notices of mail to {args.domain}",
            source_arn=receipt_rule_arn(args.placement, name),
            placement=args.placement,
            tags=args.tags,
            parent=self,
        )
        child = pulumi.ResourceOptions(parent=self)
        rules = aws.ses.ReceiptRuleSet(name, rule_set_name=name, opts=child)
        rule = aws.ses.ReceiptRule(
            name,
            name=name,
            rule_set_name=rules.rule_set_name,
            enabled=True,
            recipients=[args.domain],
            scan_enabled=True,
            tls_policy="Require",
            s3_actions=[
                {
                    "bucket_name": args.bucket,
                    "object_key_prefix": args.prefix,
                    "topic_arn": topic.arn,
                    "position": 1,
                }
            ],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*args.after, topic.allowed]),
        )
        aws.ses.ActiveReceiptRuleSet(
            name,
            rule_set_name=rules.rule_set_name,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[rule]),
        )
        self.topic_arn = topic.arn
        self.register_outputs({"topicArn": self.topic_arn})
