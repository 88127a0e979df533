"""A region's member of the global database: an Aurora PostgreSQL cluster of symmetric instances."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.checks import outside, refuse_faults, unlike
from infra.key import EncryptionKey, EncryptionKeyArgs
from infra.log_group import LogGroup, LogGroupArgs, log_encryption
from infra.placement import Placement
from infra.security_group import Rule, SecurityGroup, SecurityGroupArgs
from infra.tags import Tags

# What a switchover, an upgrade or AWS itself changes at run time. A program that put any of these back would promote,
# detach or replace the member, so every member ignores them from its first day.
_RUNTIME_OWNED = [
    "replication_source_identifier",
    "global_cluster_identifier",
    "master_username",
    "master_password_wo",
    "master_password_wo_version",
    "database_name",
    "availability_zones",
    "engine_version",
]

_ENGINE = "aurora-postgresql"
_PORT = 5432
_PASSWORD_LENGTH = 41


@dataclass(frozen=True)
class DatabaseArgs:
    """What a member cluster needs to be told.

    Attributes:
        global_cluster: what it joins.
        engine_version: of the global cluster.
        writer_endpoint: where the global cluster is written, whichever member that is.
        first: whether it is the first member of all, which is made with `database` and `master_user`; the others get
            theirs from it, and AWS refuses to be told of them.
        subnet_ids: in three zones.
        reached_from: the addresses of all networks that read and write here, for a writer serves every region.
    """

    global_cluster: pulumi.Input[str]
    engine_version: pulumi.Input[str]
    writer_endpoint: pulumi.Input[str]
    first: pulumi.Input[bool]
    database: str
    master_user: str
    instance_class: str
    instances: int
    backup_retention_days: int
    log_retention_days: int
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    reached_from: pulumi.Input[str]
    placement: Placement
    tags: Tags

    def __post_init__(self) -> None:
        refuse_faults(
            "Database",
            database=unlike(self.database, r"[a-z][a-z0-9_]{0,62}", "a name in lower case"),
            master_user=unlike(self.master_user, r"[a-z][a-z0-9_]{0,15}", "a name in lower case"),
            instance_class=unlike(self.instance_class, r"db\.[a-z0-9]+\.[a-z0-9]+", "a class such as db.r8g.large"),
            instances=outside(self.instances, 2, 16, "instances: one that fails needs another that takes over"),
            backup_retention_days=outside(self.backup_retention_days, 14, 35, "days"),
            subnet_ids=None if len(self.subnet_ids) >= 3 else "must be one in each of three zones",
        )


class Database(pulumi.ComponentResource):
    """A protected cluster with its key, log group, TLS-only parameter group, place in the network and instances.

    Its `endpoint` is the global cluster's: it leads to the writer, which may be in another region.
    """

    endpoint: pulumi.Output[str]
    port: pulumi.Output[int]
    resource_id: pulumi.Output[str]

    def __init__(self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:Database", name, None, opts)
        logs = f"/aws/rds/cluster/{name}/postgresql"
        key = EncryptionKey(
            f"{name}-database",
            EncryptionKeyArgs(
                f"Database and logs of {name}", args.placement, args.tags, uses=[log_encryption(args.placement, logs)]
            ),
            pulumi.ResourceOptions(parent=self),
        )
        # Made before the cluster, or Aurora makes it itself: unencrypted and kept for ever.
        log_group = LogGroup(
            logs, LogGroupArgs(key.arn, args.log_retention_days, args.tags), pulumi.ResourceOptions(parent=self)
        )
        cluster = self._cluster(name, args, key, log_group)
        instances = [self._instance(name, number, args, key, cluster) for number in range(1, args.instances + 1)]
        # The endpoint is known before the cluster is, but nobody answers there before an instance does.
        answering = pulumi.Output.all(args.writer_endpoint, *(instance.id for instance in instances))
        self.endpoint = answering.apply(lambda known: str(known[0]))
        self.port = cluster.port
        self.resource_id = cluster.cluster_resource_id
        self.register_outputs({"endpoint": self.endpoint, "port": self.port, "resourceId": self.resource_id})

    def _cluster(self, name: str, args: DatabaseArgs, key: EncryptionKey, log_group: LogGroup) -> aws.rds.Cluster:
        parameters = aws.rds.ClusterParameterGroup(
            name,
            name=name,
            family=pulumi.Output.from_input(args.engine_version).apply(_family),
            description="TLS only",
            parameters=[
                {"name": "rds.force_ssl", "value": "1"},
                # A DETAIL line quotes rows, and with them licence keys; the logs leave the database.
                {"name": "log_error_verbosity", "value": "terse"},
            ],
            tags=args.tags.as_tags(),
            opts=pulumi.ResourceOptions(parent=self),
        )
        subnets = aws.rds.SubnetGroup(
            name,
            name=name,
            description="Without a way out",
            subnet_ids=list(args.subnet_ids),
            tags=args.tags.as_tags(),
            opts=pulumi.ResourceOptions(parent=self),
        )
        group = SecurityGroup(
            f"{name}-database",
            SecurityGroupArgs(
                "The database", args.vpc_id, args.tags, ingress=[Rule("from-regions", _PORT, args.reached_from)]
            ),
            pulumi.ResourceOptions(parent=self),
        )
        first = pulumi.Output.from_input(args.first)
        return aws.rds.Cluster(
            name,
            cluster_identifier=name,
            engine=_ENGINE,
            engine_version=args.engine_version,
            global_cluster_identifier=args.global_cluster,
            database_name=first.apply(lambda first: args.database if first else None),
            master_username=first.apply(lambda first: args.master_user if first else None),
            master_password_wo=first.apply(_password),
            master_password_wo_version=first.apply(lambda first: 1 if first else None),
            port=_PORT,
            db_subnet_group_name=subnets.name,
            vpc_security_group_ids=[group.id],
            db_cluster_parameter_group_name=parameters.name,
            iam_database_authentication_enabled=True,
            # By which who runs outside of every network calls the writer; a member that does not write refuses.
            enable_http_endpoint=True,
            storage_encrypted=True,
            kms_key_id=key.arn,
            backup_retention_period=args.backup_retention_days,
            copy_tags_to_snapshot=True,
            enabled_cloudwatch_logs_exports=["postgresql"],
            deletion_protection=True,
            skip_final_snapshot=False,
            final_snapshot_identifier=f"{name}-final",
            tags=args.tags.as_tags(),
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=True,
                retain_on_delete=True,
                ignore_changes=_RUNTIME_OWNED,
                depends_on=[log_group],
            ),
        )

    def _instance(
        self, name: str, number: int, args: DatabaseArgs, key: EncryptionKey, cluster: aws.rds.Cluster
    ) -> aws.rds.ClusterInstance:
        return aws.rds.ClusterInstance(
            f"{name}-{number}",
            identifier=f"{name}-{number}",
            cluster_identifier=cluster.cluster_identifier,
            engine=aws.rds.EngineType.AURORA_POSTGRESQL,
            instance_class=args.instance_class,
            promotion_tier=0,
            publicly_accessible=False,
            auto_minor_version_upgrade=False,
            copy_tags_to_snapshot=True,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=key.arn,
            tags=args.tags.as_tags(),
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )


def _family(version: str) -> str:
    return f"{_ENGINE}{version.partition('.')[0]}"


def _password(first: bool) -> pulumi.Output[Any]:  # noqa: FBT001 - as `apply` hands it over
    """One that nobody has: it is not kept, and who sets up the first database sets another one for that hour."""
    if not first:
        return pulumi.Output.from_input(None)
    drawn = aws.secretsmanager.get_random_password_output(password_length=_PASSWORD_LENGTH, exclude_punctuation=True)
    return pulumi.Output.secret(drawn.random_password)
