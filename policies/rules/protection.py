"""Resources that hold what cannot be made again: no deployment may delete them."""

from collections.abc import Iterator
from typing import Any

from policies.examples import sample
from policies.model import Resource
from policies.registry import RULES
from policies.rules.aurora import CLUSTER, GLOBAL_CLUSTER
from policies.rules.buckets import BUCKET

USER_POOL = "aws:cognito/userPool:UserPool"
KEY = "aws:kms/key:Key"
REPLICA_KEY = "aws:kms/replicaKey:ReplicaKey"

_SAFEGUARDS: dict[str, tuple[str, Any] | None] = {
    BUCKET: ("forceDestroy", False),
    CLUSTER: ("deletionProtection", True),
    GLOBAL_CLUSTER: ("deletionProtection", True),
    USER_POOL: ("deletionProtection", "ACTIVE"),
    "aws:dynamodb/table:Table": ("deletionProtectionEnabled", True),
    "aws:route53/zone:Zone": ("forceDestroy", False),
    KEY: None,
    REPLICA_KEY: None,
}
"""By type: the property that guards it in AWS itself, with the value it must have; a false guard may be left out."""


@RULES.resource_rule(
    name="data-protected",
    types=tuple(_SAFEGUARDS),
    why="A renamed resource or a mistaken destroy would take customers' data, or the key that reads it, with it.",
    remedy="set protect in the resource's options and the safeguard that its service offers.",
    source="architecture, stateful things are protected; CKV_AWS_139, CKV_AWS_150",
    accepts=(
        sample(BUCKET, {}, protect=True),
        sample(BUCKET, {"forceDestroy": False}, protect=True),
        sample(CLUSTER, {"deletionProtection": True}, protect=True),
        sample(USER_POOL, {"deletionProtection": "ACTIVE"}, protect=True),
        sample(KEY, {}, protect=True),
        sample(REPLICA_KEY, {}, protect=True),
    ),
    rejects={
        "'example' is not protected": sample(KEY, {}),
        "ReplicaKey 'example' is not protected": sample(REPLICA_KEY, {}),
        "has forceDestroy True": sample(BUCKET, {"forceDestroy": True}, protect=True),
        "is not protected": sample(CLUSTER, {"deletionProtection": True}),
        "has deletionProtection None": sample(CLUSTER, {}, protect=True),
        "has deletionProtection 'INACTIVE'": sample(USER_POOL, {"deletionProtection": "INACTIVE"}, protect=True),
    },
)
def kept_from_deletion(holder: Resource) -> Iterator[str]:
    """The resource is protected in Pulumi and, where that exists, in AWS."""
    kind = holder.type.rpartition(":")[2]
    if not holder.options.protect:
        yield f"{kind} {holder.name!r} is not protected"
    safeguard = _SAFEGUARDS[holder.type]
    if safeguard is not None:
        key, needed = safeguard
        given = holder.properties.get(key)
        if given != needed and not (needed is False and given is None):
            yield f"{kind} {holder.name!r} has {key} {given!r}"
