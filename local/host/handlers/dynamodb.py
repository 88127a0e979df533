"""Tables of DynamoDB."""

from collections.abc import Mapping
from typing import Any

from local.host.emulator import Emulator
from local.host.errors import ResourceError
from local.host.handlers.handler import Handler, changes, pascal, tag_list
from local.host.model import Resource
from local.host.provider import Made

_TABLE = "aws:dynamodb/table:Table"
_FOR_LIFE = {"attributes", "hashKey", "rangeKey"}
_KNOWN = _FOR_LIFE | {
    "billingMode",
    "deletionProtectionEnabled",
    "name",
    "pointInTimeRecovery",
    "serverSideEncryption",
    "tags",
    "ttl",
}


def make_table(declared: Resource, emulator: Emulator) -> Made:
    """A table, known by its name; its keys are for life."""
    dynamodb, inputs, name = emulator.dynamodb, declared.inputs, declared.inputs["name"]
    for unknown in inputs.keys() - _KNOWN:
        raise ResourceError(declared.type, declared.urn, f"'{unknown}' is not known to the local home")
    wanted = changes(declared)
    try:
        found = dynamodb.describe_table(TableName=name)["Table"]
        dynamodb.update_table(TableName=name, **_settings(wanted))
    except dynamodb.exceptions.ResourceNotFoundException:
        wanted = inputs
        found = dynamodb.create_table(
            TableName=name,
            AttributeDefinitions=[
                {"AttributeName": one["name"], "AttributeType": one["type"]} for one in inputs["attributes"]
            ],
            KeySchema=_keys(inputs),
            **_settings(inputs),
        )["TableDescription"]
        dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    if "ttl" in wanted and _ttl(name, emulator) != wanted["ttl"]:
        dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=pascal(wanted["ttl"], {}))
    if "pointInTimeRecovery" in wanted:
        recovery = pascal(wanted["pointInTimeRecovery"], {"enabled": "PointInTimeRecoveryEnabled"})
        dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery)
    if tags := tag_list(inputs.get("tags")):
        dynamodb.tag_resource(ResourceArn=found["TableArn"], Tags=tags)
    return Made(name, {"arn": found["TableArn"]})


def delete_table(orphan: Resource, emulator: Emulator) -> None:
    """Removes the table with all that is in it. Whoever deletes it was asked by the engine's own protection."""
    emulator.dynamodb.update_table(TableName=orphan.id, DeletionProtectionEnabled=False)
    emulator.dynamodb.delete_table(TableName=orphan.id)


def look_at_table(known: Resource, emulator: Emulator) -> Mapping[str, Any]:
    """What can be changed of the table, as it is by now."""
    table = emulator.dynamodb.describe_table(TableName=known.id)["Table"]
    return {
        "deletionProtectionEnabled": table.get("DeletionProtectionEnabled", False),
        "ttl": _ttl(str(known.id), emulator),
    }


def _ttl(name: str, emulator: Emulator) -> dict[str, Any]:
    told = emulator.dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    if told["TimeToLiveStatus"] not in {"ENABLED", "ENABLING"}:
        return {"enabled": False}
    return {"attributeName": told["AttributeName"], "enabled": True}


def _keys(inputs: Mapping[str, Any]) -> list[dict[str, str]]:
    kinds = {"hashKey": "HASH", "rangeKey": "RANGE"}
    return [{"AttributeName": inputs[key], "KeyType": kind} for key, kind in kinds.items() if key in inputs]


def _settings(inputs: Mapping[str, Any]) -> dict[str, Any]:
    settings = {
        "BillingMode": inputs.get("billingMode", "PROVISIONED"),
        "DeletionProtectionEnabled": inputs.get("deletionProtectionEnabled", False),
    }
    if "serverSideEncryption" in inputs:
        given = inputs["serverSideEncryption"]
        settings["SSESpecification"] = {
            "Enabled": given["enabled"],
            "SSEType": "KMS",
            "KMSMasterKeyId": given["kmsKeyArn"],
        }
    return settings


HANDLERS: Mapping[str, Handler] = {
    _TABLE: Handler(make_table, delete_table, look_at_table, fixed=frozenset(_FOR_LIFE), lasting=True),
}
