"""Secrets, their values, and their copies in other regions."""

from collections.abc import Mapping
from typing import Any

from local.host.emulator import Emulator
from local.host.handlers.handler import Handler, changes, pascal, tag_list, vanish
from local.host.model import Resource
from local.host.provider import Made

_SECRET, _VERSION = "aws:secretsmanager/secret:Secret", "aws:secretsmanager/secretVersion:SecretVersion"
_VALUE = "secretStringWo"


def make_secret(declared: Resource, emulator: Emulator) -> Made:
    """A secret, known by its name, with a copy wherever one is asked for; its value is a resource of its own."""
    secrets, inputs, name = emulator.secrets, declared.inputs, declared.inputs["name"]
    settings = {"Description": inputs.get("description", ""), "KmsKeyId": inputs["kmsKeyId"]}
    try:
        found = secrets.describe_secret(SecretId=name)
        secrets.update_secret(SecretId=name, **settings)
    except secrets.exceptions.ResourceNotFoundException:
        found = secrets.create_secret(Name=name, **settings)
    if tags := tag_list(inputs.get("tags")):
        secrets.tag_resource(SecretId=name, Tags=tags)
    if copies := pascal(inputs.get("replicas", []), {}):
        secrets.replicate_secret_to_regions(SecretId=name, AddReplicaRegions=copies)
    return Made(found["ARN"], {"arn": found["ARN"]})


def delete_secret(orphan: Resource, emulator: Emulator) -> None:
    """Removes the secret with its copies at once, so that its name is free."""
    emulator.secrets.delete_secret(SecretId=orphan.id, ForceDeleteWithoutRecovery=True)


def look_at_secret(known: Resource, emulator: Emulator) -> Mapping[str, Any] | None:
    """The secret, unless it waits for its deletion."""
    found = emulator.secrets.describe_secret(SecretId=known.id)
    return None if "DeletedDate" in found else {"kmsKeyId": found["KmsKeyId"], "description": found["Description"]}


def make_version(declared: Resource, emulator: Emulator) -> Made:
    """A secret's value; one that the program leaves to others is written once."""
    secret, value = declared.inputs["secretId"], declared.inputs[_VALUE]
    found = emulator.secrets.get_secret_value(SecretId=secret)
    kept = found.get("SecretString")
    if kept is None or (_VALUE in changes(declared) and kept != value):
        found = emulator.secrets.put_secret_value(SecretId=secret, SecretString=value)
    return Made(f"{secret}|{found['VersionId']}", {"versionId": found["VersionId"]})


def look_at_version(known: Resource, emulator: Emulator) -> Mapping[str, Any] | None:
    """Whether the secret has a value. Which one is nobody's business here."""
    found = emulator.secrets.get_secret_value(SecretId=known.inputs["secretId"])
    return {} if found.get("SecretString") else None


HANDLERS: Mapping[str, Handler] = {
    _SECRET: Handler(make_secret, delete_secret, look_at_secret),
    _VERSION: Handler(make_version, vanish, look_at_version, fixed=frozenset({"secretId"})),
}
