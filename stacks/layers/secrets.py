"""What keeps secrets in the database, and what signs in to it: shared by the regions, as the database is."""

from dataclasses import dataclass

import pulumi

from infra.database_login import in_region
from infra.replica_key import ReplicaKey, ReplicaKeyArgs
from infra.tags import DataClass
from stacks.layers.upstream import Upstream
from stacks.schema import Settings


@dataclass(frozen=True)
class Secrets:
    """The region's replicas: of the key, and of the controller's login with the key of that."""

    key_arn: pulumi.Output[str]
    login_arn: pulumi.Output[str]
    login_key_arn: pulumi.Output[str]


def build(settings: Settings, upstream: Upstream) -> Secrets:
    """Declare the replica of the key; those of the login are made where it is."""
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

    def here(arn: pulumi.Output[str]) -> pulumi.Output[str]:
        return arn.apply(lambda known: in_region(known, settings.aws_region))

    return Secrets(built.arn, here(upstream.sun_login_arn), here(upstream.sun_login_key_arn))
