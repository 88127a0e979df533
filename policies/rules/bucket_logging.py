"""Who read which object: the access logs of a bucket, or the trail that records its data events."""

from collections.abc import Iterator

from policies.examples import sample
from policies.model import Resource, Stack
from policies.reading import listed, mapping
from policies.registry import RULES
from policies.rules.buckets import BUCKET

LOGGING = "aws:s3/bucketLogging:BucketLogging"
TRAIL = "aws:cloudtrail/trail:Trail"

_OBJECTS = "AWS::S3::Object"


def _bucket(name: str = "payloads") -> Resource:
    return sample(BUCKET, {"bucket": name}, name)


def _logging(target: str | None = "logs") -> Resource:
    return sample(LOGGING, {"bucket": "payloads", "targetBucket": target, "targetPrefix": "payloads/"}, "payloads")


def _trail(*arns: str, **more: object) -> Resource:
    selector = {"readWriteType": "All", "dataResources": [{"type": _OBJECTS, "values": list(arns)}]}
    return sample(TRAIL, {"eventSelectors": [selector], **more}, "trail")


@RULES.stack_rule(
    name="s3-access-logging",
    types=(BUCKET, LOGGING, TRAIL),
    why="After a leak the first question is who read what; S3 itself remembers nothing of it.",
    remedy="declare a CloudTrail Trail whose eventSelectors have the bucket's objects, or a BucketLogging with a "
    "targetBucket, which S3 fills as well as it can and hours later.",
    source="AWSGuard s3-bucket-logging-enabled; CKV_AWS_18; S3 user guide, logging options",
    accepts=(
        [_bucket(), _logging(), _bucket("logs")],
        [_bucket(), _trail("arn:aws:s3:::payloads/")],
        [_bucket(), _trail("arn:aws:s3")],
    ),
    rejects={
        "bucket 'payloads' tells nobody who reads it": [_bucket()],
        "'payloads' tells nobody": [_bucket(), _logging(None)],
        "bucket 'other' tells nobody": [_bucket(), _bucket("other"), _logging()],
        "tells nobody who reads": [_bucket(), _trail("arn:aws:s3:::elsewhere/")],
        "bucket 'payloads' tells nobody who": [_bucket(), _trail("")],
        "bucket 'payloads' tells": [
            _bucket(),
            sample(
                TRAIL,
                {
                    "eventSelectors": [
                        {
                            "readWriteType": "WriteOnly",
                            "dataResources": [{"type": _OBJECTS, "values": ["arn:aws:s3"]}],
                        }
                    ]
                },
            ),
        ],
        "'payloads' tells nobody who": [_bucket(), _trail("arn:aws:s3", enableLogging=False)],
    },
)
def access_is_written_down(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Every bucket that is not itself a bucket of logs tells who read and wrote."""
    logs = [one for one in stack.of_type(LOGGING) if one.text("targetBucket")]
    known = {one.text("bucket") for one in logs} | {one.text("targetBucket") for one in logs}
    recorded = [arn for trail in stack.of_type(TRAIL) for arn in _recorded(trail)]
    for bucket in stack.of_type(BUCKET):
        name = bucket.text("bucket")
        if name not in known and not any(f"arn:aws:s3:::{name}/".startswith(arn) for arn in recorded):
            yield bucket, f"bucket {bucket.name!r} tells nobody who reads it"


def _recorded(trail: Resource) -> Iterator[str]:
    """What the ARNs of the objects begin with whose events the trail records."""
    if trail.properties.get("enableLogging") is False:
        return
    for selector in map(mapping, listed(trail.properties.get("eventSelectors"))):
        if selector.get("readWriteType") == "WriteOnly":
            continue
        for resource in map(mapping, listed(selector.get("dataResources"))):
            if resource.get("type") == _OBJECTS:
                yield from (str(value) for value in listed(resource.get("values")) if value)
