"""Encryption keys: a key has no name of its own, so it is found again by the alias that the stack gives it.

A replica has the id of its primary, which lies in another region.
"""

from collections.abc import Mapping
from typing import Any

from local.host.emulator import Emulator
from local.host.errors import ResourceError
from local.host.handlers.handler import Handler, changes, tag_list
from local.host.model import Model, Resource
from local.host.provider import Made

_KEY, _REPLICA, _ALIAS = "aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey", "aws:kms/alias:Alias"


def make_key(declared: Resource, emulator: Emulator) -> Made:
    """A key, known by its id if that is remembered, else by its alias."""
    kms, inputs = emulator.kms, declared.inputs
    metadata = _found(declared, emulator)
    if metadata is None:
        stated = {
            "Description": inputs.get("description", ""),
            "Tags": tag_list(inputs.get("tags"), "TagKey", "TagValue"),
        }
        metadata = (
            _replica(inputs["primaryKeyArn"], stated, emulator)
            if declared.type == _REPLICA
            else kms.create_key(**stated, MultiRegion=inputs.get("multiRegion", False))["KeyMetadata"]
        )
    key = metadata["KeyId"]
    wanted = changes(declared)
    if wanted.get("description", metadata["Description"]) != metadata["Description"]:
        kms.update_key_description(KeyId=key, Description=wanted["description"])
    if "policy" in wanted:
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=wanted["policy"])
    if wanted.get("enableKeyRotation"):
        kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=wanted.get("rotationPeriodInDays", 365))
    return Made(key, {"keyId": key, "arn": metadata["Arn"]})


def make_alias(declared: Resource, emulator: Emulator) -> Made:
    """An alias, known by its name."""
    kms, name, target = emulator.kms, declared.inputs["name"], declared.inputs["targetKeyId"]
    try:
        metadata = kms.describe_key(KeyId=name)["KeyMetadata"]
        if target not in {metadata["KeyId"], metadata["Arn"]}:
            kms.update_alias(AliasName=name, TargetKeyId=target)
    except kms.exceptions.NotFoundException:
        kms.create_alias(AliasName=name, TargetKeyId=target)
    return Made(name, {"targetKeyArn": kms.describe_key(KeyId=target)["KeyMetadata"]["Arn"]})


def delete_alias(orphan: Resource, emulator: Emulator) -> None:
    """Removes the alias; its key stays, what it encrypted may still be read."""
    emulator.kms.delete_alias(AliasName=str(orphan.id))


def delete_key(orphan: Resource, emulator: Emulator) -> None:
    """Has the key deleted after the shortest time that KMS allows; until then it does nothing."""
    emulator.kms.schedule_key_deletion(KeyId=orphan.id, PendingWindowInDays=7)


def look_at_key(known: Resource, emulator: Emulator) -> Mapping[str, Any] | None:
    """The key, unless it waits for its deletion."""
    metadata = emulator.kms.describe_key(KeyId=known.id)["KeyMetadata"]
    return None if metadata["KeyState"].startswith("Pending") else {"description": metadata["Description"]}


def look_at_alias(known: Resource, emulator: Emulator) -> Mapping[str, Any]:
    """The alias, wherever it points by now."""
    metadata = emulator.kms.describe_key(KeyId=known.id)["KeyMetadata"]
    kept = known.inputs["targetKeyId"]
    return {"targetKeyId": kept if kept in {metadata["KeyId"], metadata["Arn"]} else metadata["KeyId"]}


def _found(declared: Resource, emulator: Emulator) -> Any:
    known = declared.id or _alias(declared, emulator.plan)
    try:
        return known and emulator.kms.describe_key(KeyId=known)["KeyMetadata"]
    except emulator.kms.exceptions.NotFoundException:
        return None


def _replica(primary: str, stated: Mapping[str, Any], emulator: Emulator) -> Any:
    _, _, _, region, _, key = primary.split(":")
    try:
        return emulator.kms.describe_key(KeyId=key.removeprefix("key/"))["KeyMetadata"]
    except emulator.kms.exceptions.NotFoundException:
        made = emulator.at(region).kms.replicate_key(KeyId=primary, ReplicaRegion=emulator.place.region, **stated)
        return made["ReplicaKeyMetadata"]


def _alias(declared: Resource, plan: Model | None) -> str | None:
    if plan is None:
        return None
    planned = next(key for key in plan.of_type(declared.type) if key.urn == declared.urn)
    targets = {planned.id, planned.outputs["arn"]}
    for alias in plan.of_type(_ALIAS):
        if alias.inputs["targetKeyId"] in targets:
            return str(alias.inputs["name"])
    raise ResourceError(declared.type, declared.urn, "has no aws.kms.Alias, so a second run could not find it again")


HANDLERS: Mapping[str, Handler] = {
    _KEY: Handler(make_key, delete_key, look_at_key, lasting=True),
    _REPLICA: Handler(make_key, delete_key, look_at_key, lasting=True),
    _ALIAS: Handler(make_alias, delete_alias, look_at_alias),
}
