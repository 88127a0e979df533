"""This region's replica of an encryption key that all regions share: what one has encrypted, each can read."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.checks import outside, refuse_faults
from infra.key import administration
from infra.placement import Placement
from infra.statements import document
from infra.tags import Tags


@dataclass(frozen=True)
class ReplicaKeyArgs:
    """What a replica needs to be told; the primary lies in another region, and alone says when the key rotates."""

    purpose: str
    primary_arn: pulumi.Input[str]
    placement: Placement
    tags: Tags
    deletion_window_days: int = 30

    def __post_init__(self) -> None:
        refuse_faults(
            "ReplicaKey",
            purpose=None if self.purpose else "must say what the key protects",
            deletion_window_days=outside(self.deletion_window_days, 14, 30, "days"),
        )


class ReplicaKey(pulumi.ComponentResource):
    """A replica under the alias of its name; the account's IAM policies decide who may use it."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: ReplicaKeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:ReplicaKey", name, None, opts)
        key = aws.kms.ReplicaKey(
            name,
            description=args.purpose,
            primary_key_arn=args.primary_arn,
            deletion_window_in_days=args.deletion_window_days,
            policy=document(administration(args.placement)),
            tags=args.tags.as_tags(),
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )
        aws.kms.Alias(
            name,
            name=f"alias/{name}",
            target_key_id=key.key_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = key.arn
        self.register_outputs({"arn": self.arn})
