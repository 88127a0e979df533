"""The database and the bucket: what the services share, and who reads and writes there."""

from local.host import Model, Resource
from local.picture.graph import Edge, Heads, Kind, Node, Place
from local.picture.reading.messages import receives, sends
from local.picture.reading.part import Part, Reading, workload_id
from local.picture.reading.release import Workload

BUCKET_TYPE = "aws:s3/bucket:Bucket"
LIFECYCLE_TYPE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
CLUSTER_TYPE = "aws:rds/cluster:Cluster"
INSTANCE_TYPE = "aws:rds/clusterInstance:ClusterInstance"


def read(reading: Reading) -> Part:
    """Buckets and clusters with everyone who may touch them."""
    buckets = reading.model.of_type(BUCKET_TYPE)
    clusters = reading.model.of_type(CLUSTER_TYPE)
    return Part(
        nodes=(
            *(_bucket(bucket, reading) for bucket in buckets),
            *(_cluster(cluster, reading.model) for cluster in clusters),
        ),
        edges=(
            *(edge for bucket in buckets for edge in _bucket_edges(bucket, reading)),
            *(edge for cluster in clusters for edge in _cluster_edges(cluster, reading)),
        ),
    )


def _bucket(bucket: Resource, reading: Reading) -> Node:
    days = [
        f"everything expires after {rule['expiration']['days']} days"
        for lifecycle in reading.model.of_type(LIFECYCLE_TYPE)
        if lifecycle.inputs["bucket"] == bucket.id
        for rule in lifecycle.inputs["rules"]
        if "expiration" in rule
    ]
    name = bucket.inputs["bucket"]
    lines = (" · ".join([f"bucket {name}", *days]),)
    return Node(_id(bucket), Kind.BUCKET, Place.ABOVE, f"S3 {reading.short(name)}", lines=lines)


def _bucket_edges(bucket: Resource, reading: Reading) -> list[Edge]:
    objects = f"{bucket.outputs['arn']}/*"
    writers = reading.allowed("s3:PutObject", objects)
    readers = reading.allowed("s3:GetObject", objects)
    edges = []
    for workload in reading.release.workloads:
        node = workload_id(workload)
        if workload in writers:
            edges.append(Edge(node, _id(bucket), heads=Heads.BOTH if workload in readers else Heads.TARGET))
        elif workload in readers:
            edges.append(Edge(_id(bucket), node))
    return edges


def _cluster(cluster: Resource, model: Model) -> Node:
    sizes = [
        instance.inputs["instanceClass"]
        for instance in model.of_type(INSTANCE_TYPE)
        if instance.inputs["clusterIdentifier"] == cluster.id
    ]
    instances = [f"{sizes.count(size)} of {size}" for size in sorted(set(sizes))]
    lines = [" · ".join([f"cluster {cluster.inputs['clusterIdentifier']}", *instances])]
    if name := cluster.inputs.get("globalClusterIdentifier"):
        lines.append(f"member of the global database {name}")
    return Node(_id(cluster), Kind.DATABASE, Place.BELOW, "Aurora PostgreSQL", lines=tuple(lines))


def _cluster_edges(cluster: Resource, reading: Reading) -> list[Edge]:
    users = reading.allowed("rds-db:connect", "arn:*:dbuser:*")
    return [_cluster_edge(cluster, workload, reading) for workload in users]


def _cluster_edge(cluster: Resource, workload: Workload, reading: Reading) -> Edge:
    if sends(workload, reading) and not receives(workload, reading) and not workload.patterns:
        # Nobody tells it what to send: it can only have that from the database.
        return Edge(_id(cluster), workload_id(workload), "outbox")
    return Edge(workload_id(workload), _id(cluster), heads=Heads.NONE)


def _id(resource: Resource) -> str:
    return f"store:{resource.name}"
