"""DynamoDB tables: encrypted under a key of our own, and readable as they were."""

from collections.abc import Iterator
from typing import Any

from policies.examples import sample
from policies.model import Resource
from policies.places import is_own_key, place_of
from policies.reading import mapping
from policies.registry import RULES

TABLE = "aws:dynamodb/table:Table"


def _table(**changed: Any) -> Resource:
    stated = {
        "serverSideEncryption": {"enabled": True, "kmsKeyArn": "arn:aws:kms:eu-north-1:111122223333:key/1"},
        "pointInTimeRecovery": {"enabled": True},
    }
    return sample(TABLE, stated | changed, "leases")


@RULES.resource_rule(
    name="table-encrypted-pitr",
    types=(TABLE,),
    why="Only a key of our own can be withdrawn and audited; and a table that a mistake has emptied is gone unless it "
    "can be read as of the second before.",
    remedy="set serverSideEncryption with enabled true and kmsKeyArn, and pointInTimeRecovery.enabled true.",
    source="CKV_AWS_119, CKV_AWS_28; DynamoDB developer guide, encryption at rest and point-in-time recovery",
    accepts=(
        _table(),
        _table(restoreSourceName="leases"),
        _table(pointInTimeRecovery={"enabled": True, "recoveryPeriodInDays": 35}),
    ),
    rejects={
        "table 'leases' is not encrypted under a key of our own": _table(serverSideEncryption={"enabled": True}),
        "under a key of our own": _table(serverSideEncryption=None),
        "'leases' is not encrypted": _table(
            serverSideEncryption={"enabled": False, "kmsKeyArn": "arn:aws:kms:eu-north-1:111122223333:key/1"}
        ),
        "table 'leases' cannot be read as it was": _table(pointInTimeRecovery=None),
        "cannot be read as it was": _table(pointInTimeRecovery={"enabled": "yes"}),
    },
)
def encrypted_and_restorable(table: Resource) -> Iterator[str]:
    """The table has its own key and point-in-time recovery."""
    encryption = mapping(table.properties.get("serverSideEncryption"))
    if encryption.get("enabled") is not True or not is_own_key(encryption.get("kmsKeyArn"), place_of(table)):
        yield f"table {table.name!r} is not encrypted under a key of our own"
    if mapping(table.properties.get("pointInTimeRecovery")).get("enabled") is not True:
        yield f"table {table.name!r} cannot be read as it was"
