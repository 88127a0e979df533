"""A customer-managed encryption key with rotation, and the AWS services that may use it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.checks import outside, refuse_faults
from infra.placement import Placement
from infra.statements import Conditions, Statement, document
from infra.tags import Tags


@dataclass(frozen=True)
class ServiceUse:
    """An AWS service that encrypts and decrypts with the key on its own behalf, within the given conditions."""

    service: str
    conditions: Conditions


@dataclass(frozen=True)
class EncryptionKeyArgs:
    """What an encryption key needs to be told; of one for `all_regions` another region can make a replica."""

    purpose: str
    placement: Placement
    tags: Tags
    uses: Sequence[ServiceUse] = ()
    rotation_days: int = 365
    deletion_window_days: int = 30
    all_regions: bool = False

    def __post_init__(self) -> None:
        refuse_faults(
            "EncryptionKey",
            purpose=None if self.purpose else "must say what the key protects",
            rotation_days=outside(self.rotation_days, 90, 2560, "days"),
            deletion_window_days=outside(self.deletion_window_days, 14, 30, "days"),
        )


class EncryptionKey(pulumi.ComponentResource):
    """A symmetric key under the alias of its name; the account's IAM policies decide who else may use it."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: EncryptionKeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:EncryptionKey", name, None, opts)
        key = aws.kms.Key(
            name,
            description=args.purpose,
            multi_region=args.all_regions,
            enable_key_rotation=True,
            rotation_period_in_days=args.rotation_days,
            deletion_window_in_days=args.deletion_window_days,
            policy=document(*_policy(args)),
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


def _policy(args: EncryptionKeyArgs) -> list[Statement]:
    return [
        administration(args.placement),
        *(
            Statement(
                f"Use{number}",
                ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
                ["*"],
                principal={"Service": use.service},
                conditions=use.conditions,
            )
            for number, use in enumerate(args.uses, start=1)
        ),
    ]


def administration(placement: Placement) -> Statement:
    """The statement of a key policy by which the account's IAM policies decide who uses the key."""
    # In a key policy the resource "*" means this key and nothing else.
    return Statement("IamPoliciesDecide", ["kms:*"], ["*"], principal={"AWS": placement.root})
