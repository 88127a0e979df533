"""The global database, its members and their instances, as RDS tells of them; PostgreSQL servers play them."""

from collections.abc import Mapping
from typing import Any

from local.host.emulator import Emulator
from local.host.handlers.handler import Handler, changes, tag_list
from local.host.model import Resource
from local.host.provider import Made

_GLOBAL, _CLUSTER, _INSTANCE = (
    "aws:rds/globalCluster:GlobalCluster",
    "aws:rds/cluster:Cluster",
    "aws:rds/clusterInstance:ClusterInstance",
)
_OF_GLOBAL = {
    "globalClusterIdentifier": "GlobalClusterIdentifier",
    "engine": "Engine",
    "engineVersion": "EngineVersion",
    "storageEncrypted": "StorageEncrypted",
    "deletionProtection": "DeletionProtection",
}
_OF_CLUSTER = {
    "clusterIdentifier": "DBClusterIdentifier",
    "globalClusterIdentifier": "GlobalClusterIdentifier",
    "engine": "Engine",
    "engineVersion": "EngineVersion",
    "port": "Port",
    "databaseName": "DatabaseName",
    "enableHttpEndpoint": "EnableHttpEndpoint",
    "iamDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
    "storageEncrypted": "StorageEncrypted",
    "kmsKeyId": "KmsKeyId",
    "backupRetentionPeriod": "BackupRetentionPeriod",
    "deletionProtection": "DeletionProtection",
}
_OF_INSTANCE = {
    "identifier": "DBInstanceIdentifier",
    "clusterIdentifier": "DBClusterIdentifier",
    "engine": "Engine",
    "instanceClass": "DBInstanceClass",
    "promotionTier": "PromotionTier",
}
_CHANGED_LATER = {"backupRetentionPeriod", "deletionProtection"}


def make_global(declared: Resource, emulator: Emulator) -> Made:
    """A global cluster, known by its name; who its members are is said by them."""
    rds, name = emulator.rds, declared.inputs["globalClusterIdentifier"]
    try:
        found = rds.describe_global_clusters(GlobalClusterIdentifier=name)["GlobalClusters"][0]
        wanted = changes(declared)
        if "deletionProtection" in wanted:
            protection = wanted["deletionProtection"]
            rds.modify_global_cluster(GlobalClusterIdentifier=name, DeletionProtection=protection)
    except rds.exceptions.GlobalClusterNotFoundFault:
        found = rds.create_global_cluster(**_named(_OF_GLOBAL, declared.inputs))["GlobalCluster"]
    outputs = {"arn": found["GlobalClusterArn"], "globalClusterResourceId": found["GlobalClusterResourceId"]}
    return Made(name, outputs)


def delete_global(orphan: Resource, emulator: Emulator) -> None:
    """Removes it, which RDS refuses as long as it has members."""
    emulator.rds.modify_global_cluster(GlobalClusterIdentifier=orphan.id, DeletionProtection=False)
    emulator.rds.delete_global_cluster(GlobalClusterIdentifier=orphan.id)


def look_at_global(known: Resource, emulator: Emulator) -> Mapping[str, Any]:
    """What can be changed of it, as it is by now."""
    found = emulator.rds.describe_global_clusters(GlobalClusterIdentifier=known.id)["GlobalClusters"][0]
    return {"deletionProtection": found["DeletionProtection"], "engineVersion": found["EngineVersion"]}


def make_cluster(declared: Resource, emulator: Emulator) -> Made:
    """A member; the first that joins a global cluster writes, whichever does later."""
    rds, name = emulator.rds, declared.inputs["clusterIdentifier"]
    try:
        found = rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]
        wanted = changes(declared)
        later = {key: wanted[key] for key in _CHANGED_LATER & wanted.keys()}
        rds.modify_db_cluster(DBClusterIdentifier=name, ApplyImmediately=True, **_named(_OF_CLUSTER, later))
        if wanted.get("enableHttpEndpoint"):
            rds.enable_http_endpoint(ResourceArn=found["DBClusterArn"])
    except rds.exceptions.DBClusterNotFoundFault:
        tags = tag_list(declared.inputs.get("tags"))
        found = rds.create_db_cluster(**_named(_OF_CLUSTER, declared.inputs), Tags=tags)["DBCluster"]
    return Made(name, {"arn": found["DBClusterArn"], "clusterResourceId": found["DbClusterResourceId"]})


def delete_cluster(orphan: Resource, emulator: Emulator) -> None:
    """Removes it, from its global cluster first; RDS refuses as long as it writes and others follow."""
    rds = emulator.rds
    rds.modify_db_cluster(DBClusterIdentifier=orphan.id, ApplyImmediately=True, DeletionProtection=False)
    found = rds.describe_db_clusters(DBClusterIdentifier=orphan.id)["DBClusters"][0]
    if whole := found.get("GlobalClusterIdentifier"):
        rds.remove_from_global_cluster(GlobalClusterIdentifier=whole, DbClusterIdentifier=found["DBClusterArn"])
    rds.delete_db_cluster(DBClusterIdentifier=orphan.id, SkipFinalSnapshot=True)


def look_at_cluster(known: Resource, emulator: Emulator) -> Mapping[str, Any]:
    """What can be changed of it, as it is by now."""
    found = emulator.rds.describe_db_clusters(DBClusterIdentifier=known.id)["DBClusters"][0]
    later = {key: found[_OF_CLUSTER[key]] for key in _CHANGED_LATER}
    return {**later, "enableHttpEndpoint": found["HttpEndpointEnabled"]}


def make_instance(declared: Resource, emulator: Emulator) -> Made:
    """An instance of a member; all of a member's are one server here."""
    rds, name = emulator.rds, declared.inputs["identifier"]
    try:
        found = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    except rds.exceptions.DBInstanceNotFoundFault:
        found = rds.create_db_instance(**_named(_OF_INSTANCE, declared.inputs))["DBInstance"]
    return Made(name, {"arn": found["DBInstanceArn"]})


def delete_instance(orphan: Resource, emulator: Emulator) -> None:
    """Removes it."""
    emulator.rds.delete_db_instance(DBInstanceIdentifier=orphan.id, SkipFinalSnapshot=True)


def look_at_instance(known: Resource, emulator: Emulator) -> Mapping[str, Any]:
    """Whether it is there."""
    emulator.rds.describe_db_instances(DBInstanceIdentifier=known.id)
    return {}


def _named(names: Mapping[str, str], inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {named: inputs[key] for key, named in names.items() if inputs.get(key) is not None}


HANDLERS: Mapping[str, Handler] = {
    _GLOBAL: Handler(make_global, delete_global, look_at_global, fixed=frozenset({"engine"}), lasting=True),
    _CLUSTER: Handler(
        make_cluster,
        delete_cluster,
        look_at_cluster,
        fixed=frozenset({"engine", "storageEncrypted", "kmsKeyId"}),
        lasting=True,
    ),
    _INSTANCE: Handler(
        make_instance, delete_instance, look_at_instance, fixed=frozenset({"clusterIdentifier", "engine"})
    ),
}
