"""The Aurora global database: encrypted, entered by identity, and safe from a deployment after a switchover."""

from collections.abc import Iterator
from typing import Any

from policies.examples import sample
from policies.model import Resource
from policies.places import is_own_key, place_of
from policies.registry import RULES

CLUSTER = "aws:rds/cluster:Cluster"
GLOBAL_CLUSTER = "aws:rds/globalCluster:GlobalCluster"
STANDALONE = "aws:rds/instance:Instance"

_KEY = "arn:aws:kms:eu-west-1:111122223333:key/1"

RUNTIME_STATE = (
    "availabilityZones",
    "databaseName",
    "engineVersion",
    "globalClusterIdentifier",
    "masterPasswordWo",
    "masterPasswordWoVersion",
    "masterUsername",
    "replicationSourceIdentifier",
)


def _cluster(**properties: Any) -> Resource:
    return sample(CLUSTER, properties)


@RULES.resource_rule(
    name="aurora-iam-auth",
    types=(CLUSTER,),
    why="A password in a settings file lives for years; an IAM token lives for 15 minutes and names its pod.",
    remedy="set iamDatabaseAuthenticationEnabled true.",
    source="CKV_AWS_162",
    accepts=(_cluster(iamDatabaseAuthenticationEnabled=True),),
    rejects={
        "has IAM authentication off": _cluster(iamDatabaseAuthenticationEnabled=False),
        "IAM authentication off": _cluster(),
    },
)
def entered_by_identity(cluster: Resource) -> Iterator[str]:
    """The cluster accepts IAM tokens."""
    if cluster.properties.get("iamDatabaseAuthenticationEnabled") is not True:
        yield f"cluster {cluster.name!r} has IAM authentication off"


@RULES.resource_rule(
    name="aurora-runtime-ignored",
    types=(CLUSTER,),
    why="A switchover, a failover or an upgrade of the global cluster changes these; a deployment that puts one back "
    "promotes the member, detaches it from the global database or replaces it.",
    remedy="list all of them in ignore_changes of every member, from its first day.",
    source="AWS provider source: PromoteReadReplicaDBCluster and RemoveFromGlobalCluster on update",
    accepts=(sample(CLUSTER, {}, ignore_changes=(*RUNTIME_STATE, "tags")),),
    rejects={
        "availabilityZones, databaseName": sample(CLUSTER, {}),
        "lets a deployment change replicationSourceIdentifier": sample(
            CLUSTER, {}, ignore_changes=tuple(key for key in RUNTIME_STATE if key != "replicationSourceIdentifier")
        ),
    },
)
def runtime_state_is_left_alone(cluster: Resource) -> Iterator[str]:
    """The member ignores everything that a switchover owns."""
    missing = sorted(set(RUNTIME_STATE) - set(cluster.options.ignore_changes))
    if missing:
        yield f"cluster {cluster.name!r} lets a deployment change {', '.join(missing)}"


@RULES.resource_rule(
    name="aurora-encrypted-cmk",
    types=(CLUSTER, GLOBAL_CLUSTER, STANDALONE),
    why="The database holds every customer, and encryption can only be chosen when it is created.",
    remedy="set storageEncrypted true and, on a cluster or an instance, kmsKeyId to a key of our own in its region.",
    source="CKV_AWS_96, CKV_AWS_140, CKV_AWS_327",
    accepts=(
        _cluster(storageEncrypted=True, kmsKeyId=_KEY),
        sample(GLOBAL_CLUSTER, {"storageEncrypted": True}),
        _cluster(storageEncrypted=True, kmsKeyId="alias/orders"),
    ),
    rejects={
        "'example' is not encrypted": _cluster(kmsKeyId=_KEY),
        "under a key that is not ours": _cluster(storageEncrypted=True),
        "'example' is encrypted under a key": _cluster(storageEncrypted=True, kmsKeyId=_KEY, region="eu-west-3"),
        "'example' is encrypted under a key that is not ours": _cluster(
            storageEncrypted=True, kmsKeyId="alias/aws/rds"
        ),
        "database 'example' is not encrypted": _cluster(storageEncrypted="true", kmsKeyId=_KEY),
        "'alone' is not encrypted": sample(STANDALONE, {"kmsKeyId": _KEY}, "alone"),
        "'alone' is encrypted under a key that": sample(STANDALONE, {"storageEncrypted": True}, "alone"),
        "is not encrypted": sample(GLOBAL_CLUSTER, {}),
    },
)
def encrypted(database: Resource) -> Iterator[str]:
    """The storage is encrypted, a member's under a named key."""
    if database.properties.get("storageEncrypted") is not True:
        yield f"database {database.name!r} is not encrypted"
    elif database.type != GLOBAL_CLUSTER and not is_own_key(database.properties.get("kmsKeyId"), place_of(database)):
        yield f"database {database.name!r} is encrypted under a key that is not ours"
