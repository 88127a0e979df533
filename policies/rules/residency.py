"""Data residency: nothing stands where the customers of its region were not told that it would."""

from collections.abc import Iterator

from policies.dead_letters import QUEUE
from policies.examples import sample
from policies.model import Resource
from policies.places import class_of, may_stand, owner_of, place_of, said
from policies.registry import RULES
from policies.rules.aurora import CLUSTER
from policies.rules.buckets import BUCKET

SUBNET = "aws:ec2/subnet:Subnet"
LOGS = "aws:cloudwatch/logGroup:LogGroup"
CERTIFICATE = "aws:acm/certificate:Certificate"
POOL = "aws:cognito/userPool:UserPool"
TABLE = "aws:dynamodb/table:Table"
PROVIDER = "pulumi:providers:aws"
"""What names no region stands where its provider does."""

_PLACED = (
    PROVIDER,
    # What holds data.
    BUCKET,
    CLUSTER,
    QUEUE,
    LOGS,
    POOL,
    TABLE,
    "aws:dynamodb/tableReplica:TableReplica",
    "aws:rds/clusterInstance:ClusterInstance",
    "aws:rds/instance:Instance",
    "aws:rds/clusterSnapshot:ClusterSnapshot",
    "aws:backup/vault:Vault",
    "aws:ebs/volume:Volume",
    "aws:ebs/snapshot:Snapshot",
    "aws:efs/fileSystem:FileSystem",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:kinesis/stream:Stream",
    "aws:kms/key:Key",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:opensearch/domain:Domain",
    "aws:secretsmanager/secret:Secret",
    "aws:sns/topic:Topic",
    "aws:ssm/parameter:Parameter",
    # What computes with it, or lets it in and out.
    SUBNET,
    CERTIFICATE,
    "aws:ec2transitgateway/transitGateway:TransitGateway",
    "aws:ecr/repository:Repository",
    "aws:eks/cluster:Cluster",
    "aws:lambda/function:Function",
    "aws:sesv2/configurationSet:ConfigurationSet",
)


def _tagged(kind: str, owner: str, data: str, name: str = "example", **properties: str) -> Resource:
    return sample(kind, {**properties, "tags": {"region": owner, "data": data}}, name)


def _unnamed(kind: str, stack: str, **properties: str) -> Resource:
    return Resource(kind, "example", f"urn:pulumi:{stack}::cloud-sales::{kind}::example", properties)


@RULES.resource_rule(
    name="region-allowed",
    types=_PLACED,
    why="Customers of a region were told where their data lies, and by law it stays there: personal data may be in the "
    "EU, else only where its own region stands; London and Zurich are not in the EU.",
    remedy="set aws:region in the stack's settings, or the resource's region, to one of RESIDENCES in "
    "policies/places.py, or tag it data=internal if it holds nothing of a customer.",
    source="GDPR chapter V; architecture, data residency; this project's design, rule 1",
    accepts=(
        _tagged(BUCKET, "eu", "personal", region="eu-central-1"),
        _tagged(BUCKET, "apac", "personal", region="ap-southeast-1"),
        _tagged(LOGS, "apac", "personal", region="eu-west-1"),
        _tagged(SUBNET, "apac", "internal", availabilityZone="ap-southeast-1a"),
        _tagged(CERTIFICATE, "global", "internal", region="us-east-1"),
        _tagged(POOL, "global", "personal", arn="arn:aws:cognito-idp:eu-north-1:111122223333:userpool/eu-north-1_a"),
        _tagged(QUEUE, "eu", "personal"),
        _tagged(BUCKET, "brazil", "personal", region="sa-east-1"),
        _unnamed(BUCKET, "eu", region="eu-west-1"),
        _unnamed(PROVIDER, "apac", region="ap-southeast-1"),
    ),
    rejects={
        "Bucket 'payloads' (personal) of 'eu' stands in us-west-2": _tagged(
            BUCKET, "eu", "personal", "payloads", region="us-west-2"
        ),
        "of 'eu' stands in eu-west-2": _tagged(TABLE, "eu", "personal", region="eu-west-2"),
        "Subnet 'a' (internal) of 'eu' stands in eu-central-2": _tagged(
            SUBNET, "eu", "internal", "a", availabilityZone="eu-central-2a"
        ),
        "aws 'example' (personal) of 'eu' stands in us-east-1": _unnamed(PROVIDER, "eu", region="us-east-1"),
        "of 'apac' stands in us-east-1": _tagged(QUEUE, "apac", "internal", region="us-east-1"),
        "UserPool 'people' (personal) of 'global' stands in ap-southeast-1": _tagged(
            POOL, "global", "personal", "people", arn="arn:aws:cognito-idp:ap-southeast-1:111122223333:userpool/a"
        ),
        "Table 'example' (personal) of 'global'": _tagged(TABLE, "global", "public", region="us-east-1"),
        "(personal) of 'us' stands in ap-southeast-1": _unnamed(BUCKET, "us", region="ap-southeast-1"),
        "(confidential) of 'global' stands in us-east-1": _tagged(
            "aws:secretsmanager/secret:Secret", "global", "confidential", region="us-east-1"
        ),
    },
)
def stands_where_it_may(resource: Resource) -> Iterator[str]:
    """What says where it stands, says a place that its owner and its data allow."""
    place = place_of(resource)
    if place and not may_stand(owner_of(resource), class_of(resource), place):
        yield f"{said(resource)} stands in {place}"
