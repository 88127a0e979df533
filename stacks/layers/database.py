"""The region's member of the one database that all services share."""

from dataclasses import dataclass

import pulumi

from infra.database import Database as MemberCluster
from infra.database import DatabaseArgs
from infra.tags import DataClass
from stacks.layers.network import Network
from stacks.layers.upstream import Upstream
from stacks.schema import NAMESPACE, Settings

_LOG_RETENTION_DAYS = 30
NAME = "cloudsales"
CONTROLLER_USER = "cloudsales_controller"
"""Of those that `bootstrap.sql` makes, the one that comes from outside of every network, with a password."""

_MASTER_USER = "cloudsalesmaster"


@dataclass(frozen=True)
class Database:
    """Where the database is written, and the users that `services/database/bootstrap.sql` makes in it."""

    endpoint: pulumi.Output[str]
    port: pulumi.Output[int]
    resource_id: pulumi.Output[str]
    name: str = NAME
    application_user: str = "cloudsales_app"
    owner_user: str = "cloudsales_owner"


def build(settings: Settings, upstream: Upstream, network: Network) -> Database:
    """Declare the member cluster."""
    built = MemberCluster(
        f"{NAMESPACE}-{settings.region.name}",
        DatabaseArgs(
            global_cluster=upstream.global_cluster,
            engine_version=upstream.engine_version,
            writer_endpoint=upstream.writer_endpoint,
            first=upstream.first,
            database=NAME,
            master_user=_MASTER_USER,
            instance_class=settings.database.instance_class,
            instances=settings.database.instances,
            backup_retention_days=settings.database.backup_retention_days,
            log_retention_days=_LOG_RETENTION_DAYS,
            vpc_id=network.vpc_id,
            subnet_ids=network.intra_subnet_ids,
            reached_from=upstream.supernet,
            placement=settings.placement,
            tags=settings.tags(DataClass.PERSONAL),
        ),
    )
    return Database(built.endpoint, built.port, built.resource_id)
