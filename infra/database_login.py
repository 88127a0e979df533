"""A password of the database that a program outside of its network signs in with, in every region that may need it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.checks import outside, refuse_faults, unlike
from infra.key import EncryptionKey, EncryptionKeyArgs, administration
from infra.placement import Placement
from infra.statements import document
from infra.tags import Tags

_PASSWORD_LENGTH = 41
_KEPT_AS_IT_IS = ["secret_string_wo", "secret_string_wo_version"]
"""Drawn once: at each later run another one would be drawn, and thrown away."""


@dataclass(frozen=True)
class DatabaseLoginArgs:
    """What a login needs to be told.

    Attributes:
        user: the role in the database.
        regions: where it is read, beside the stack's own region.
    """

    user: str
    regions: Sequence[str]
    placement: Placement
    tags: Tags
    recovery_days: int = 30

    def __post_init__(self) -> None:
        refuse_faults(
            "DatabaseLogin",
            user=unlike(self.user, r"[a-z][a-z0-9_]{0,62}", "a name in lower case"),
            regions="may not name the stack's own" if self.placement.region in self.regions else None,
            recovery_days=outside(self.recovery_days, 7, 30, "days"),
        )


class DatabaseLogin(pulumi.ComponentResource):
    """A secret as the Data API of RDS reads it, under one key that has a replica wherever the secret has one.

    The replicas of both are made here: a secret can only be copied to where its key is already. The `arn` and the
    `key_arn` differ from one region to the next by the region's name alone.
    """

    arn: pulumi.Output[str]
    key_arn: pulumi.Output[str]

    def __init__(self, name: str, args: DatabaseLoginArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:DatabaseLogin", name, None, opts)
        child, purpose = pulumi.ResourceOptions(parent=self), f"The password of {args.user}"
        key = EncryptionKey(name, EncryptionKeyArgs(purpose, args.placement, args.tags, all_regions=True), child)
        replicas = {region: self._replica(f"{name}-{region}", region, key, args) for region in args.regions}
        secret = aws.secretsmanager.Secret(
            name,
            name=name,
            description=purpose,
            kms_key_id=key.arn,
            replicas=[{"region": region, "kms_key_id": replica.arn} for region, replica in replicas.items()],
            recovery_window_in_days=args.recovery_days,
            tags=args.tags.as_tags(),
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )
        aws.secretsmanager.SecretVersion(
            name,
            secret_id=secret.arn,
            secret_string_wo=_drawn(args.user),
            secret_string_wo_version=1,
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=_KEPT_AS_IT_IS),
        )
        self.arn = secret.arn
        self.key_arn = key.arn
        self.register_outputs({"arn": self.arn, "keyArn": self.key_arn})

    def _replica(self, name: str, region: str, key: EncryptionKey, args: DatabaseLoginArgs) -> aws.kms.ReplicaKey:
        made = aws.kms.ReplicaKey(
            name,
            region=region,
            description=f"The password of {args.user}, in {region}",
            primary_key_arn=key.arn,
            deletion_window_in_days=args.recovery_days,
            policy=document(administration(args.placement)),
            tags=args.tags.as_tags(),
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )
        aws.kms.Alias(
            name,
            region=region,
            name=f"alias/{name}",
            target_key_id=made.key_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return made


def _drawn(user: str) -> pulumi.Output[str]:
    drawn = aws.secretsmanager.get_random_password_output(password_length=_PASSWORD_LENGTH, exclude_punctuation=True)
    login: pulumi.Output[str] = pulumi.Output.json_dumps({"username": user, "password": drawn.random_password})
    secret: pulumi.Output[str] = pulumi.Output.secret(login)
    return secret


def wherever(arn: pulumi.Input[str]) -> pulumi.Output[str]:
    """The ARN as a pattern of a policy: of the same thing in every region that has it."""
    return pulumi.Output.from_input(arn).apply(lambda known: in_region(known, "*"))


def in_region(arn: str, region: str) -> str:
    """The ARN of the same thing in that region."""
    partition, name, service, _, account, resource = arn.split(":", 5)
    return ":".join((partition, name, service, region, account, resource))
