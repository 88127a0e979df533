"""The key that keeps secrets in the database: shared by the regions, as the database is."""

from dataclasses import dataclass

import pulumi

from infra.replica_key import ReplicaKey, ReplicaKeyArgs
from infra.tags import DataClass
from stacks.layers.upstream import Upstream
from stacks.schema import Settings


@dataclass(frozen=True)
class Secrets:
    """The region's replica of the key."""

    key_arn: pulumi.Output[str]


def build(settings: Settings, upstream: Upstream) -> Secrets:
    """Declare the replica."""
    name = settings.name("secrets")
    built = ReplicaKey(
        name,
        ReplicaKeyArgs(
            f"Secrets in the database, for {name}",
            upstream.secrets_key_arn,
            settings.placement,
            settings.tags(DataClass.CONFIDENTIAL),
        ),
    )
    return Secrets(built.arn)
