"""The region's member of the one database that all services share."""

from dataclasses import dataclass

import pulumi

from infra.database import Database as MemberCluster
from infra.database import DatabaseArgs
from infra.tags import DataClass
from stacks.schema import NAMESPACE, Settings

_LOG_RETENTION_DAYS = 30


@dataclass(frozen=True)
class Database:
    """Where the database answers, and the users that `services/database/bootstrap.sql` makes in it."""

    endpoint: pulumi.Output[str]
    port: pulumi.Output[int]
    resource_id: pulumi.Output[str]
    name: str = "cloudsales"
    application_user: str = "cloudsales_app"
    owner_user: str = "cloudsales_owner"


def build(settings: Settings) -> Database:
    """Declare the member cluster."""
    built = MemberCluster(
        f"{NAMESPACE}-{settings.region.name}",
        DatabaseArgs(
            global_cluster=settings.database.global_cluster,
            engine_version=settings.database.engine_version,
            instance_class=settings.database.instance_class,
            instances=settings.database.instances,
            backup_retention_days=settings.database.backup_retention_days,
            log_retention_days=_LOG_RETENTION_DAYS,
            subnet_group=settings.landing_zone.database_subnet_group,
            security_group_ids=settings.landing_zone.database_security_group_ids,
            placement=settings.placement,
            tags=settings.tags(DataClass.PERSONAL),
        ),
    )
    return Database(built.endpoint, built.port, built.resource_id)
