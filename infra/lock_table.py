"""The table by which controllers in several regions agree who acts, and in which they write down what they did."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.checks import outside, refuse_faults
from infra.key import EncryptionKey, EncryptionKeyArgs
from infra.placement import Placement
from infra.tags import Tags

PARTITION_KEY, SORT_KEY, EXPIRY = "pk", "sk", "expires"
"""How an item is found, both texts, and when DynamoDB drops it: seconds since 1970; an item without it stays."""


@dataclass(frozen=True)
class LockTableArgs:
    """What a lock table needs to be told; `recovery_days` is how far back it can be restored."""

    placement: Placement
    tags: Tags
    recovery_days: int = 35

    def __post_init__(self) -> None:
        refuse_faults("LockTable", recovery_days=outside(self.recovery_days, 1, 35, "days"))


class LockTable(pulumi.ComponentResource):
    """A DynamoDB table in one region only: a lease that two copies of a table could give twice would be none.

    Its capacity is paid by the request, for a handful a minute decides nothing about it.
    """

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    key_arn: pulumi.Output[str]

    def __init__(self, name: str, args: LockTableArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:LockTable", name, None, opts)
        key = EncryptionKey(
            name,
            EncryptionKeyArgs(f"Leases and the audit trail in {name}", args.placement, args.tags),
            pulumi.ResourceOptions(parent=self),
        )
        table = aws.dynamodb.Table(
            name,
            name=name,
            billing_mode="PAY_PER_REQUEST",
            attributes=[{"name": PARTITION_KEY, "type": "S"}, {"name": SORT_KEY, "type": "S"}],
            hash_key=PARTITION_KEY,
            range_key=SORT_KEY,
            ttl={"attribute_name": EXPIRY, "enabled": True},
            server_side_encryption={"enabled": True, "kms_key_arn": key.arn},
            point_in_time_recovery={"enabled": True, "recovery_period_in_days": args.recovery_days},
            deletion_protection_enabled=True,
            tags=args.tags.as_tags(),
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )
        self.name = table.name
        self.arn = table.arn
        self.key_arn = key.arn
        self.register_outputs({"name": self.name, "arn": self.arn, "keyArn": self.key_arn})
