"""A log group that is encrypted and forgets: logs carry addresses and must not be kept for ever."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.checks import refuse_faults
from infra.key import ServiceUse
from infra.placement import Placement
from infra.tags import Tags

# CloudWatch takes no other periods; the longer ones it knows are refused here on purpose.
_PERIODS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365)


def log_encryption(placement: Placement, name: str) -> ServiceUse:
    """What a key must allow so that CloudWatch can encrypt the log group of that name with it."""
    bound = {"kms:EncryptionContext:aws:logs:arn": placement.arn("logs", f"log-group:{name}")}
    return ServiceUse(f"logs.{placement.region}.amazonaws.com", {"ArnEquals": bound})


@dataclass(frozen=True)
class LogGroupArgs:
    """What a log group needs to be told; its key has to allow `log_encryption` of its name."""

    key_arn: pulumi.Input[str]
    retention_days: int
    tags: Tags

    def __post_init__(self) -> None:
        listed = ", ".join(map(str, _PERIODS))
        refuse_faults(
            "LogGroup",
            retention_days=None if self.retention_days in _PERIODS else f"must be one of {listed} days",
        )


class LogGroup(pulumi.ComponentResource):
    """A CloudWatch log group."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: LogGroupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:LogGroup", name, None, opts)
        group = aws.cloudwatch.LogGroup(
            name,
            name=name,
            kms_key_id=args.key_arn,
            retention_in_days=args.retention_days,
            tags=args.tags.as_tags(),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = group.arn
        self.register_outputs({"arn": self.arn})
