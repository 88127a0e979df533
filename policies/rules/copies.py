"""Copies in other regions: only where the data may go, or a backup undoes what the placement kept."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from policies.dead_letters import SUBSCRIPTION
from policies.examples import sample
from policies.model import Resource, Stack
from policies.places import class_of, may_be_copied, may_be_fetched, owner_of, region_of, said
from policies.reading import listed, mapping
from policies.registry import RULES

SECRETS = "aws:secretsmanager/secret:Secret"
TABLE = "aws:dynamodb/table:Table"
TABLE_REPLICA = "aws:dynamodb/tableReplica:TableReplica"
SNAPSHOT_COPY = "aws:rds/snapshotCopy:SnapshotCopy"
CLUSTER_SNAPSHOT_COPY = "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy"
BACKUPS = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"
REPLICA_KEY = "aws:kms/replicaKey:ReplicaKey"
BACKUP_PLAN = "aws:backup/plan:Plan"
GLOBAL_TABLE = "aws:dynamodb/globalTable:GlobalTable"
LOG_LINES = "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter"
EVENTS = "aws:cloudwatch/eventTarget:EventTarget"

_ACCOUNT = "111122223333"


def _of(key: str, regions: str) -> Callable[[Resource], Iterable[object]]:
    return lambda resource: [mapping(one).get(regions) for one in listed(resource.properties.get(key))]


def _vaults(plan: Resource) -> Iterable[object]:
    for rule in map(mapping, listed(plan.properties.get("rules"))):
        for action in map(mapping, listed(rule.get("copyActions"))):
            yield region_of(action.get("destinationVaultArn"))


_SENDS: Mapping[str, Callable[[Resource], Iterable[object]]] = {
    SECRETS: _of("replicas", "region"),
    TABLE: _of("replicas", "regionName"),
    SNAPSHOT_COPY: lambda copy: [copy.properties.get("destinationRegion")],
    CLUSTER_SNAPSHOT_COPY: lambda copy: [copy.properties.get("destinationRegion")],
    BACKUP_PLAN: _vaults,
    GLOBAL_TABLE: _of("replicas", "regionName"),
    SUBSCRIPTION: lambda one: [region_of(one.properties.get("endpoint"))],
    LOG_LINES: lambda one: [region_of(one.properties.get("destinationArn"))],
    EVENTS: lambda one: [region_of(one.properties.get("arn"))],
}
"""By type: the AWS regions to which it copies, once or as it comes."""

_FETCHES = {
    REPLICA_KEY: "primaryKeyArn",
    TABLE_REPLICA: "globalTableArn",
    BACKUPS: "sourceDbInstanceArn",
    SNAPSHOT_COPY: "sourceDbSnapshotIdentifier",
    CLUSTER_SNAPSHOT_COPY: "sourceDbClusterSnapshotIdentifier",
}
"""By type: the property with the ARN of what it is a copy of."""


def _tagged(kind: str, owner: str, data: str, **properties: Any) -> Resource:
    return sample(kind, {**properties, "tags": {"region": owner, "data": data}}, "it")


def _replica_key(owner: str, data: str, source: str, **properties: Any) -> Resource:
    return _tagged(REPLICA_KEY, owner, data, primaryKeyArn=f"arn:aws:kms:{source}:{_ACCOUNT}:key/mrk-1", **properties)


def _plan(region: str) -> Resource:
    vault = f"arn:aws:backup:{region}:{_ACCOUNT}:backup-vault:far"
    rule = {"ruleName": "daily", "copyActions": [{"destinationVaultArn": vault}]}
    return _tagged(BACKUP_PLAN, "eu", "personal", rules=[rule])


@RULES.stack_rule(
    name="no-cross-residency-copy",
    types=(*_SENDS, TABLE_REPLICA, BACKUPS, REPLICA_KEY),
    why="A replica or a snapshot in another region is the same data under another law, and nobody looks for it there "
    "when a customer asks to be forgotten. The shared database spans the regions by design; nothing else does.",
    remedy="copy personal data within its own region's residence or to the EU, everything else to regions of the "
    "product, as policies/places.py lists them; leave the copy out, or tag what holds no customer data internal.",
    source="GDPR chapter V; AWS Prescriptive Guidance, data residency; this project's design, rule 2",
    accepts=(
        [_tagged(SECRETS, "global", "confidential", replicas=[{"region": "ap-southeast-1"}, {"region": "eu-west-1"}])],
        [_tagged(TABLE, "apac", "personal", replicas=[{"regionName": "eu-west-1"}])],
        [_tagged(TABLE, "global", "internal", replicas=[{"regionName": "us-east-1"}])],
        [_tagged(TABLE, "eu", "personal"), _tagged(SECRETS, "eu", "personal", replicas=None)],
        [_replica_key("apac", "confidential", "eu-north-1")],
        [_replica_key("eu", "personal", "eu-north-1"), _replica_key("brazil", "confidential", "eu-north-1")],
        [_tagged(CLUSTER_SNAPSHOT_COPY, "eu", "personal", destinationRegion="eu-central-1")],
        [_tagged(SNAPSHOT_COPY, "eu", "personal", sourceDbSnapshotIdentifier="before-upgrade")],
        [_plan("eu-central-1")],
        [_tagged(SUBSCRIPTION, "eu", "personal", endpoint="arn:aws:sqs:eu-west-1:111122223333:mail")],
        [_tagged(SUBSCRIPTION, "eu", "personal", endpoint="page@shop.example")],
    ),
    rejects={
        "Table 'it' (personal) of 'eu' is copied to us-east-1": [
            _tagged(TABLE, "eu", "personal", replicas=[{"regionName": "eu-central-1"}, {"regionName": "us-east-1"}])
        ],
        "Table 'it' (internal) of 'global' is copied to sa-east-1": [
            _tagged(TABLE, "global", "internal", replicas=[{"regionName": "sa-east-1"}])
        ],
        "TopicSubscription 'it' (personal) of 'eu' is copied to us-east-1": [
            _tagged(SUBSCRIPTION, "eu", "personal", endpoint="arn:aws:sqs:us-east-1:111122223333:mail")
        ],
        "GlobalTable 'it' (personal) of 'eu' is copied": [
            _tagged(GLOBAL_TABLE, "eu", "personal", replicas=[{"regionName": "us-east-1"}])
        ],
        "LogSubscriptionFilter 'it' (personal) of 'eu'": [
            _tagged(LOG_LINES, "eu", "personal", destinationArn="arn:aws:lambda:us-east-1:111122223333:function:far")
        ],
        "of 'eu' is copied to ap-southeast-1": [_plan("ap-southeast-1")],
        "Secret 'it' (confidential) of 'global' is copied to sa-east-1": [
            _tagged(SECRETS, "global", "confidential", replicas=[{"region": "sa-east-1"}])
        ],
        "SnapshotCopy 'it' (personal) of 'eu' is copied to eu-west-2": [
            _tagged(SNAPSHOT_COPY, "eu", "personal", destinationRegion="eu-west-2")
        ],
        "(personal) of 'global' is copied to us-east-1": [
            _tagged(TABLE, "global", "customers", replicas=[{"regionName": "us-east-1"}])
        ],
        "ReplicaKey 'it' (personal) of 'apac' is fetched from us-east-1": [
            _replica_key("apac", "personal", "us-east-1")
        ],
        "of 'brazil' is fetched from eu-west-1": [_replica_key("brazil", "personal", "eu-west-1")],
        "(confidential) of 'eu' is fetched from cn-north-1": [_replica_key("eu", "confidential", "cn-north-1")],
        "(confidential) of 'eu' is fetched from eu-north-1 to sa-east-1": [
            _replica_key("eu", "confidential", "eu-north-1", region="sa-east-1")
        ],
        "of 'eu' is fetched from eu-west-1 to us-west-2": [
            _replica_key("eu", "personal", "eu-west-1", region="us-west-2")
        ],
    },
)
def copies_stay_where_the_data_may_be(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Nothing is copied to where its owner's data of that class may not be."""
    for source in stack.of_type(*_SENDS):
        for region in map(str, filter(None, _SENDS[source.type](source))):
            if not may_be_copied(owner_of(source), class_of(source), region):
                yield source, f"{said(source)} is copied to {region}"
    for copy in stack.of_type(*_FETCHES):
        region = region_of(copy.properties.get(_FETCHES[copy.type]))
        # Not its ARN, which a preview does not know: where it may stand at all is another rule's (region-allowed).
        place = copy.text("region")
        if region and not may_be_fetched(owner_of(copy), class_of(copy), place, region):
            yield copy, f"{said(copy)} is fetched from {region}{f' to {place}' if place else ''}"
