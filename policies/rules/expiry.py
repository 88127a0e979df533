"""Payloads are gone after 30 days: the clean-up policy of the design, and what data protection asks for."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Annotated, Any

from pydantic import Field

from policies.examples import sample
from policies.model import Resource, Stack
from policies.reading import listed, mapping, number
from policies.registry import RULES, Configuration
from policies.rules.buckets import BUCKET, guarded

LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"

_LIMITS = (
    ("expiration", "days", None, "current objects"),
    ("noncurrentVersionExpiration", "noncurrentDays", 1, "replaced and deleted versions"),
    ("abortIncompleteMultipartUpload", "daysAfterInitiation", 7, "abandoned uploads"),
)


class Expiry(Configuration):
    """How long a region keeps payloads."""

    days: Annotated[int, Field(ge=1, le=30, description="For how long current objects may be kept.")] = 30


def _bucket(data: str | None = "personal") -> Resource:
    return sample(BUCKET, {"bucket": "payloads", "tags": {"data": data} if data else {}}, "payloads")


def _lifecycle(**changed: Any) -> Resource:
    rule = {
        "id": "expire-everything",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "expiration": {"days": 30},
        "noncurrentVersionExpiration": {"noncurrentDays": 1},
        "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
    }
    return sample(LIFECYCLE, {"bucket": "payloads", "rules": [rule | changed]}, "payloads")


@RULES.stack_rule(
    name="payload-expiry-30d",
    types=(BUCKET, LIFECYCLE),
    why="Payloads hold customers' names, prices and invoices; the database is where a fact may stay. In a versioned "
    "bucket a deleted object lives on until its old versions expire too.",
    remedy="give the bucket one enabled lifecycle rule for all objects with expiration <= 30 days, noncurrent versions "
    "<= 1 day and incomplete uploads <= 7 days, or tag it data=internal if it holds no customer data.",
    source="system design, section 2; CKV2_AWS_61 and CKV_AWS_300 ask for presence only",
    accepts=(
        [_bucket(), _lifecycle()],
        [_bucket(None), _lifecycle(filter=None, expiration={"days": 7})],
        [_bucket("internal")],
    ),
    rejects={
        "has no lifecycle configuration": [_bucket()],
        "'payloads' has no lifecycle": [_bucket(None)],
        "keeps current objects for 31 days": [_bucket(), _lifecycle(expiration={"days": 31})],
        "keeps current objects for ever": [_bucket(), _lifecycle(expiration=None)],
        "keeps replaced and deleted versions for ever": [_bucket(), _lifecycle(noncurrentVersionExpiration=None)],
        "keeps abandoned uploads for ever": [_bucket(), _lifecycle(abortIncompleteMultipartUpload=None)],
        "abandoned uploads for ever": [_bucket(), _lifecycle(status="Disabled")],
        "keeps the last 100 replaced and deleted versions for ever": [
            _bucket(),
            _lifecycle(noncurrentVersionExpiration={"noncurrentDays": 1, "newerNoncurrentVersions": 100}),
        ],
        "keeps current objects for 400 days": [_bucket(), _lifecycle(expiration={"days": "400"})],
        "keeps current": [_bucket(), _lifecycle(expiration={"days": "a month"})],
        "versions for ever": [_bucket(), _lifecycle(filter={"prefix": "orders/"})],
    },
    configuration=Expiry,
)
def payloads_expire(stack: Stack, chosen: Expiry) -> Iterator[tuple[Resource, str]]:
    """Every bucket that may hold customers' data forgets it within 30 days."""
    internal = {bucket.text("bucket") for bucket in stack.of_type(BUCKET) if _holds_no_customer_data(bucket)}
    kept = Stack.of(one for one in stack.of_type(BUCKET, LIFECYCLE) if one.text("bucket") not in internal)
    return guarded(kept, LIFECYCLE, "has no lifecycle configuration", partial(_too_long, longest=chosen.days))


def _holds_no_customer_data(bucket: Resource) -> bool:
    return mapping(bucket.properties.get("tags")).get("data") == "internal"


def _too_long(lifecycle: Resource, longest: int) -> Iterator[str]:
    rules = [rule for rule in map(mapping, listed(lifecycle.properties.get("rules"))) if _for_every_object(rule)]
    for action, key, fixed, what in _LIMITS:
        limit = fixed or longest
        periods = [number(mapping(rule.get(action)).get(key)) for rule in rules]
        shortest = min((period for period in periods if period), default=None)
        if shortest is None:
            yield f"keeps {what} for ever"
        elif shortest > limit:
            yield f"keeps {what} for {shortest:g} days, more than {limit}"
    kept = [mapping(rule.get("noncurrentVersionExpiration")).get("newerNoncurrentVersions") for rule in rules]
    if any(kept) and all(kept):
        yield f"keeps the last {kept[0]} replaced and deleted versions for ever"


def _for_every_object(rule: Mapping[str, Any]) -> bool:
    narrowed = {key: value for key, value in mapping(rule.get("filter")).items() if value}
    return rule.get("status") == "Enabled" and not narrowed and not rule.get("prefix")
