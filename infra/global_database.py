"""The database that spans all regions; its members are declared by the regions."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.checks import refuse_faults, unlike
from infra.tags import Tags


@dataclass(frozen=True)
class GlobalDatabaseArgs:
    """What a global database needs to be told; a new engine version reaches the members through it."""

    engine_version: str
    tags: Tags

    def __post_init__(self) -> None:
        refuse_faults(
            "GlobalDatabase",
            engine_version=unlike(self.engine_version, r"\d+\.\d+", "a PostgreSQL version such as 16.8"),
        )


class GlobalDatabase(pulumi.ComponentResource):
    """An Aurora global cluster, empty until the first region joins it.

    It names no database and no source cluster: the provider would replace it for the one, and see a change after each
    switchover for the other.
    """

    identifier: pulumi.Output[str]
    writer_endpoint: pulumi.Output[str]

    def __init__(self, name: str, args: GlobalDatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:GlobalDatabase", name, None, opts)
        cluster = aws.rds.GlobalCluster(
            name,
            global_cluster_identifier=name,
            engine="aurora-postgresql",
            engine_version=args.engine_version,
            storage_encrypted=True,
            deletion_protection=True,
            tags=args.tags.as_tags(),
            opts=pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True),
        )
        self.identifier = cluster.global_cluster_identifier
        self.writer_endpoint = cluster.endpoint
        self.register_outputs({"identifier": self.identifier, "writerEndpoint": self.writer_endpoint})
