"""Roles: nothing on this machine assumes them, but the emulator refuses a malformed policy."""

from collections.abc import Mapping
from typing import Any

from local.host.emulator import Emulator
from local.host.handlers.handler import Handler, changes, document, tag_list
from local.host.model import Resource
from local.host.provider import Made


def make_role(declared: Resource, emulator: Emulator) -> Made:
    """A role, known by its name."""
    iam, inputs, name = emulator.iam, declared.inputs, declared.inputs["name"]
    try:
        role = iam.get_role(RoleName=name)["Role"]
        if "assumeRolePolicy" in changes(declared):
            iam.update_assume_role_policy(RoleName=name, PolicyDocument=inputs["assumeRolePolicy"])
    except iam.exceptions.NoSuchEntityException:
        role = iam.create_role(
            RoleName=name,
            Path=inputs.get("path", "/"),
            AssumeRolePolicyDocument=inputs["assumeRolePolicy"],
            Description=inputs.get("description", ""),
            MaxSessionDuration=inputs.get("maxSessionDuration", 3600),
            Tags=tag_list(inputs.get("tags")),
        )["Role"]
    return Made(name, {"arn": role["Arn"], "uniqueId": role["RoleId"]})


def delete_role(orphan: Resource, emulator: Emulator) -> None:
    """Removes the role with the policies inside it."""
    for policy in emulator.iam.list_role_policies(RoleName=orphan.id)["PolicyNames"]:
        emulator.iam.delete_role_policy(RoleName=orphan.id, PolicyName=policy)
    emulator.iam.delete_role(RoleName=orphan.id)


def look_at_role(known: Resource, emulator: Emulator) -> Mapping[str, Any]:
    """Who may assume the role by now."""
    role = emulator.iam.get_role(RoleName=known.id)["Role"]
    return {"assumeRolePolicy": document(known.inputs["assumeRolePolicy"], role["AssumeRolePolicyDocument"])}


def make_role_policy(declared: Resource, emulator: Emulator) -> Made:
    """What a role may do, known by the role and its own name."""
    role, name = declared.inputs["role"], declared.inputs["name"]
    emulator.iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=declared.inputs["policy"])
    return Made(f"{role}:{name}", {})


def delete_role_policy(orphan: Resource, emulator: Emulator) -> None:
    """Takes the rights away."""
    emulator.iam.delete_role_policy(RoleName=orphan.inputs["role"], PolicyName=orphan.inputs["name"])


def look_at_role_policy(known: Resource, emulator: Emulator) -> Mapping[str, Any]:
    """What the role may do by now."""
    role, name = known.inputs["role"], known.inputs["name"]
    live = emulator.iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    return {"policy": document(known.inputs["policy"], live)}


HANDLERS: Mapping[str, Handler] = {
    "aws:iam/role:Role": Handler(make_role, delete_role, look_at_role),
    "aws:iam/rolePolicy:RolePolicy": Handler(make_role_policy, delete_role_policy, look_at_role_policy),
}
