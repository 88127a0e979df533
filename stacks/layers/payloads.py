"""The bucket in which every payload is handed from one step to the next."""

from dataclasses import dataclass

import pulumi

from infra.bucket import PayloadBucket, PayloadBucketArgs
from infra.tags import DataClass
from stacks.schema import Settings


@dataclass(frozen=True)
class Payloads:
    """The bucket and the key of its objects."""

    bucket: pulumi.Output[str]
    arn: pulumi.Output[str]
    key_arn: pulumi.Output[str]
    expiry_days: int


def build(settings: Settings) -> Payloads:
    """Declare the bucket."""
    built = PayloadBucket(
        settings.name("payloads"),
        PayloadBucketArgs(
            expiry_days=settings.payloads.expiry_days,
            placement=settings.placement,
            tags=settings.tags(DataClass.PERSONAL),
        ),
    )
    return Payloads(built.bucket, built.arn, built.key_arn, settings.payloads.expiry_days)
