"""Schedules and their groups."""

from collections.abc import Mapping
from typing import Any

from local.host.emulator import Emulator
from local.host.handlers.handler import Handler, changes, pascal, tag_list
from local.host.model import Resource
from local.host.provider import Made

_GROUP, _SCHEDULE = "aws:scheduler/scheduleGroup:ScheduleGroup", "aws:scheduler/schedule:Schedule"
_IDENTITY = {"groupName", "name"}


def make_group(declared: Resource, emulator: Emulator) -> Made:
    """A group, known by its name."""
    scheduler, name = emulator.scheduler, declared.inputs["name"]
    try:
        arn = scheduler.get_schedule_group(Name=name)["Arn"]
    except scheduler.exceptions.ResourceNotFoundException:
        arn = scheduler.create_schedule_group(Name=name)["ScheduleGroupArn"]
    if tags := tag_list(declared.inputs.get("tags")):
        scheduler.tag_resource(ResourceArn=arn, Tags=tags)
    return Made(name, {"arn": arn})


def delete_group(orphan: Resource, emulator: Emulator) -> None:
    """Removes the group with the schedules that it still has."""
    emulator.scheduler.delete_schedule_group(Name=orphan.id)


def look_at_group(known: Resource, emulator: Emulator) -> Mapping[str, Any]:
    """Whether the group is there."""
    emulator.scheduler.get_schedule_group(Name=known.id)
    return {}


def make_schedule(declared: Resource, emulator: Emulator) -> Made:
    """A schedule, known by its name and its group; to change a part of it, all of it is told."""
    scheduler, wanted = emulator.scheduler, pascal(declared.inputs, {})
    name, group = wanted["Name"], wanted["GroupName"]
    try:
        found = scheduler.get_schedule(Name=name, GroupName=group)
    except scheduler.exceptions.ResourceNotFoundException:
        arn = scheduler.create_schedule(**wanted)["ScheduleArn"]
    else:
        kept = {key: found[key] for key in wanted.keys() - pascal(changes(declared), {}).keys() if key in found}
        arn = scheduler.update_schedule(**{**wanted, **kept})["ScheduleArn"]
    return Made(f"{group}/{name}", {"arn": arn})


def delete_schedule(orphan: Resource, emulator: Emulator) -> None:
    """Stops the schedule for good."""
    emulator.scheduler.delete_schedule(Name=orphan.inputs["name"], GroupName=orphan.inputs["groupName"])


def look_at_schedule(known: Resource, emulator: Emulator) -> Mapping[str, Any]:
    """When it calls what by now."""
    live = emulator.scheduler.get_schedule(Name=known.inputs["name"], GroupName=known.inputs["groupName"])
    kept = {key: value for key, value in known.inputs.items() if key not in _IDENTITY}
    said = pascal(kept, {})
    return {
        key: value if said[name] == live.get(name) else _camel(live.get(name))
        for (key, value), name in zip(kept.items(), said, strict=True)
    }


def _camel(value: Any) -> Any:
    if isinstance(value, dict):
        return {key[0].lower() + key[1:]: _camel(item) for key, item in value.items()}
    return value


HANDLERS: Mapping[str, Handler] = {
    _GROUP: Handler(make_group, delete_group, look_at_group),
    _SCHEDULE: Handler(make_schedule, delete_schedule, look_at_schedule),
}
