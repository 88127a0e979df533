"""The bucket in which every payload is handed from one step to the next."""

from dataclasses import dataclass

import pulumi

from infra.bucket import Deposit, PayloadBucket, PayloadBucketArgs
from infra.inbound_mail import receipt_rule_arn
from infra.tags import DataClass
from infra.topic import SES, from_account
from services.registry import INBOUND_PREFIX
from stacks.schema import Settings


@dataclass(frozen=True)
class Payloads:
    """The bucket and the key of its objects; once `allowed` stands, SES may lay mails into it."""

    bucket: pulumi.Output[str]
    arn: pulumi.Output[str]
    key_arn: pulumi.Output[str]
    expiry_days: int
    allowed: pulumi.Resource


def build(settings: Settings) -> Payloads:
    """Declare the bucket."""
    rule = receipt_rule_arn(settings.placement, settings.name("inbound"))
    by_our_rule = {**from_account(settings.placement), "ArnEquals": {"aws:SourceArn": rule}}
    built = PayloadBucket(
        settings.name("payloads"),
        PayloadBucketArgs(
            expiry_days=settings.payloads.expiry_days,
            placement=settings.placement,
            tags=settings.tags(DataClass.PERSONAL),
            deposits=[Deposit("SesLaysMail", SES, INBOUND_PREFIX, by_our_rule)],
        ),
    )
    return Payloads(built.bucket, built.arn, built.key_arn, settings.payloads.expiry_days, built.allowed)
