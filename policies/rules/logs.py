"""Log groups: encrypted under a key of our own, and forgotten."""

from collections.abc import Iterator

from policies.examples import sample
from policies.model import Resource
from policies.registry import RULES

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"

_LONGEST_DAYS = 365
_KEY = "arn:aws:kms:key"


@RULES.resource_rule(
    name="log-retention",
    types=(LOG_GROUP,),
    why="CloudWatch keeps what it is given for ever: addresses of people that nobody may keep so long, at a price that "
    "grows every month; and under AWS's own key everybody who may list logs reads them.",
    remedy="set retentionInDays to 365 at most and kmsKeyId to a key that allows the group (infra.log_group).",
    source="CKV_AWS_66, CKV_AWS_158; GDPR article 5(1)(e), storage limitation",
    accepts=(
        sample(LOG_GROUP, {"retentionInDays": 90, "kmsKeyId": _KEY}),
        sample(LOG_GROUP, {"retentionInDays": 365, "kmsKeyId": _KEY}),
        sample(LOG_GROUP, {"retentionInDays": 1.0, "kmsKeyId": _KEY}),
    ),
    rejects={
        "'example' keeps its lines for ever": sample(LOG_GROUP, {"kmsKeyId": _KEY}),
        "keeps its lines for ever": sample(LOG_GROUP, {"retentionInDays": 0, "kmsKeyId": _KEY}),
        "keeps its lines for 400 days": sample(LOG_GROUP, {"retentionInDays": 400, "kmsKeyId": _KEY}),
        "keeps its lines for 'long', which is no number of days": sample(
            LOG_GROUP, {"retentionInDays": "long", "kmsKeyId": _KEY}
        ),
        "is under no key of our own": sample(LOG_GROUP, {"retentionInDays": 90}),
        "'example' is under no key": sample(LOG_GROUP, {"retentionInDays": 90, "kmsKeyId": ""}),
    },
)
def encrypted_and_forgotten(group: Resource) -> Iterator[str]:
    """The group forgets within a year and is under an own key."""
    days = group.properties.get("retentionInDays") or 0
    if not isinstance(days, int | float):
        yield f"log group {group.name!r} keeps its lines for {days!r}, which is no number of days"
    elif days <= 0:
        yield f"log group {group.name!r} keeps its lines for ever"
    elif days > _LONGEST_DAYS:
        yield f"log group {group.name!r} keeps its lines for {days:g} days"
    if not group.properties.get("kmsKeyId"):
        yield f"log group {group.name!r} is under no key of our own"
