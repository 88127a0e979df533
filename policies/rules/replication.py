"""Replication goes to what the stack declares: elsewhere nobody can tell what holds the copies, or under which law."""

from collections.abc import Iterator
from typing import Any

from policies.examples import sample
from policies.model import Resource, Stack
from policies.places import INTERNAL, class_of, may_be_copied, owner_of, place_of, said
from policies.reading import listed, mapping
from policies.registry import RULES
from policies.rules.buckets import BUCKET

BUCKETS = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
IMAGES = "aws:ecr/replicationConfiguration:ReplicationConfiguration"
REPOSITORY = "aws:ecr/repository:Repository"


def _bucket(name: str, data: str = "personal", region: str | None = None) -> Resource:
    return sample(BUCKET, {"bucket": name, "region": region, "tags": {"region": "eu", "data": data}}, name)


def _objects(target: str, **changed: Any) -> Resource:
    rule = {"status": "Enabled", "destination": {"bucket": f"arn:aws:s3:::{target}"}, **changed}
    return sample(BUCKETS, {"bucket": "payloads", "rules": [rule]}, "payloads")


def _images(*regions: str) -> Resource:
    rule = {"destinations": [{"region": region, "registryId": "111122223333"} for region in regions]}
    return sample(IMAGES, {"replicationConfiguration": {"rules": [rule]}}, "images")


def _repository(region: str) -> Resource:
    return sample(REPOSITORY, {"name": "cloud-sales", "region": region}, region)


@RULES.stack_rule(
    name="replication-declared",
    types=(BUCKET, BUCKETS, IMAGES, REPOSITORY),
    why="A bucket that this stack does not declare may be in any region or account, and nobody empties it; and a "
    "repository that ECR makes by itself has tags that move and no scan.",
    remedy="declare the bucket, in a region that policies/places.py allows its data, or the repository with its region "
    "in the same stack as the replication; payloads need none, for every region rebuilds them from the database.",
    source="AWS S3 and ECR user guides, replication; this project's design, rule 2",
    accepts=(
        [_bucket("payloads"), _bucket("copy", region="eu-north-1"), _objects("copy")],
        [_bucket("payloads"), _bucket("copy"), _objects("copy")],
        [_bucket("payloads", "internal"), _objects("elsewhere")],
        [_bucket("payloads"), _objects("elsewhere", status="Disabled")],
        [_images("eu-west-1", "us-east-1"), _repository("us-east-1"), _repository("eu-west-1")],
        [_images()],
    ),
    rejects={
        "Bucket 'payloads' (personal) of 'eu' is copied to us-east-1": [
            _bucket("payloads"),
            _bucket("copy", region="us-east-1"),
            _objects("copy"),
        ],
        "is copied to 'elsewhere', which is not a bucket of this stack": [_bucket("payloads"), _objects("elsewhere")],
        "'payloads' (personal) of 'eu' is copied to 'elsewhere'": [
            sample(
                BUCKET,
                {
                    "bucket": "payloads",
                    "tags": {"region": "eu"},
                    "replicationConfiguration": {
                        "role": "r",
                        "rules": [{"status": "Enabled", "destination": {"bucket": "arn:aws:s3:::elsewhere"}}],
                    },
                },
                "payloads",
            )
        ],
        "is copied to '', which": [_bucket("payloads"), _objects("copy", destination=None)],
        "BucketReplicationConfig 'payloads' (personal)": [_objects("elsewhere")],
        "'images' fills a repository in sa-east-1 that is not declared": [
            _images("eu-west-1", "sa-east-1"),
            _repository("eu-west-1"),
        ],
    },
)
def copies_are_declared(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Every replication leads to buckets and repositories of the same stack."""
    yield from _undeclared_objects(stack)
    places = {place_of(repository) for repository in stack.of_type(REPOSITORY)}
    for replication in stack.of_type(IMAGES):
        rules = listed(mapping(replication.properties.get("replicationConfiguration")).get("rules"))
        for destination in (one for rule in rules for one in map(mapping, listed(mapping(rule).get("destinations")))):
            if destination.get("region") not in places:
                what = f"a repository in {destination.get('region')} that is not declared"
                yield replication, f"{replication.name!r} fills {what}"


def _undeclared_objects(stack: Stack) -> Iterator[tuple[Resource, str]]:
    buckets = {bucket.text("bucket"): bucket for bucket in stack.of_type(BUCKET)}
    for replication in stack.of_type(BUCKETS, BUCKET):
        source = buckets.get(replication.text("bucket"), replication)
        if class_of(source) == INTERNAL:
            continue
        inline = mapping(replication.properties.get("replicationConfiguration"))
        stated = inline if replication.type == BUCKET else replication.properties
        for rule in map(mapping, listed(stated.get("rules"))):
            target = str(mapping(rule.get("destination")).get("bucket") or "").rpartition(":")[2]
            if rule.get("status") == "Disabled":
                continue
            if target not in buckets:
                yield replication, f"{said(source)} is copied to {target!r}, which is not a bucket of this stack"
            elif (region := place_of(buckets[target])) and not may_be_copied(
                owner_of(source), class_of(source), region
            ):
                yield replication, f"{said(source)} is copied to {region}"
