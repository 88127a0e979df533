"""Functions, which the emulator really runs, and how often it may call them again."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from local.host.assets import zipped
from local.host.emulator import Emulator
from local.host.errors import ResourceError
from local.host.handlers.handler import Handler, changes
from local.host.model import Resource
from local.host.provider import Made

_FUNCTION = "aws:lambda/function:Function"
_INVOKING = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"

_PLAIN = {"handler": "Handler", "memorySize": "MemorySize", "role": "Role", "runtime": "Runtime", "timeout": "Timeout"}
_NESTED = {
    "deadLetterConfig": ("DeadLetterConfig", {"targetArn": "TargetArn"}),
    "environment": ("Environment", {"variables": "Variables"}),
    "loggingConfig": ("LoggingConfig", {"logFormat": "LogFormat", "logGroup": "LogGroup"}),
}
_APART = {"architectures", "code", "name", "reservedConcurrentExecutions", "tags"}
_PATIENCE = {"Delay": 1, "MaxAttempts": 30}


def make_function(declared: Resource, emulator: Emulator) -> Made:
    """A function, known by its name."""
    functions, inputs, name = emulator.functions, declared.inputs, declared.inputs["name"]
    for unknown in inputs.keys() - _PLAIN.keys() - _NESTED.keys() - _APART:
        raise ResourceError(declared.type, declared.urn, f"'{unknown}' is not known to the local home")
    code = zipped(inputs["code"])
    try:
        found = functions.get_function_configuration(FunctionName=name)
    except functions.exceptions.ResourceNotFoundException:
        found = functions.create_function(
            FunctionName=name,
            Code={"ZipFile": code},
            Architectures=inputs.get("architectures", ["x86_64"]),
            Tags=inputs.get("tags", {}),
            **_settings(inputs),
        )
        functions.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig=_PATIENCE)
    else:
        _bring_up_to_date(found, changes(declared), code, emulator)
    if "reservedConcurrentExecutions" in inputs:
        functions.put_function_concurrency(
            FunctionName=name, ReservedConcurrentExecutions=inputs["reservedConcurrentExecutions"]
        )
    if tags := inputs.get("tags"):
        functions.tag_resource(Resource=found["FunctionArn"], Tags=tags)
    return Made(name, {"arn": found["FunctionArn"], "codeSha256": _digest(code)})


def delete_function(orphan: Resource, emulator: Emulator) -> None:
    """Removes the function; a call that runs ends as it would."""
    emulator.functions.delete_function(FunctionName=orphan.id)


def look_at_function(known: Resource, emulator: Emulator) -> Mapping[str, Any]:
    """The function as it is by now; of its code only whether it is still the one that was brought."""
    found = emulator.functions.get_function(FunctionName=known.id)
    live = _inputs(found["Configuration"])
    if "Concurrency" in found:
        live["reservedConcurrentExecutions"] = found["Concurrency"]["ReservedConcurrentExecutions"]
    else:
        live["reservedConcurrentExecutions"] = -1
    if found["Configuration"]["CodeSha256"] != known.outputs["codeSha256"]:
        live["code"] = {}
    return live


def make_invoking(declared: Resource, emulator: Emulator) -> Made:
    """How a function is called when nobody waits for its answer."""
    inputs = declared.inputs
    emulator.functions.put_function_event_invoke_config(
        FunctionName=inputs["functionName"],
        MaximumRetryAttempts=inputs["maximumRetryAttempts"],
        MaximumEventAgeInSeconds=inputs["maximumEventAgeInSeconds"],
    )
    return Made(inputs["functionName"], {})


def delete_invoking(orphan: Resource, emulator: Emulator) -> None:
    """Leaves it to what AWS does by itself."""
    emulator.functions.delete_function_event_invoke_config(FunctionName=orphan.id)


def look_at_invoking(known: Resource, emulator: Emulator) -> Mapping[str, Any]:
    """How it is called by now."""
    found = emulator.functions.get_function_event_invoke_config(FunctionName=known.id)
    return {
        "maximumRetryAttempts": found["MaximumRetryAttempts"],
        "maximumEventAgeInSeconds": found["MaximumEventAgeInSeconds"],
    }


def _bring_up_to_date(found: Mapping[str, Any], wanted: Mapping[str, Any], code: bytes, emulator: Emulator) -> None:
    functions, name = emulator.functions, found["FunctionName"]
    updated = functions.get_waiter("function_updated_v2")
    if "code" in wanted and found["CodeSha256"] != _digest(code):
        functions.update_function_code(FunctionName=name, ZipFile=code)
        updated.wait(FunctionName=name, WaiterConfig=_PATIENCE)
    live = _inputs(found)
    if any(live.get(key) != wanted[key] for key in (_PLAIN.keys() | _NESTED.keys()) & wanted.keys()):
        functions.update_function_configuration(FunctionName=name, **_settings(wanted))
        updated.wait(FunctionName=name, WaiterConfig=_PATIENCE)


def _settings(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with the names of the API."""
    plain = {name: inputs[key] for key, name in _PLAIN.items() if key in inputs}
    nested = {
        name: {inner: inputs[key][own] for own, inner in within.items() if own in inputs[key]}
        for key, (name, within) in _NESTED.items()
        if key in inputs
    }
    return {**plain, **nested}


def _inputs(live: Mapping[str, Any]) -> dict[str, Any]:
    """The other way round."""
    plain = {key: live[name] for key, name in _PLAIN.items() if name in live}
    nested = {
        key: {own: live[name][inner] for own, inner in within.items() if inner in live[name]}
        for key, (name, within) in _NESTED.items()
        if name in live
    }
    return {**plain, **nested}


def _digest(code: bytes) -> str:
    return base64.b64encode(hashlib.sha256(code).digest()).decode()


HANDLERS: Mapping[str, Handler] = {
    _FUNCTION: Handler(make_function, delete_function, look_at_function, fixed=frozenset({"architectures"})),
    _INVOKING: Handler(make_invoking, delete_invoking, look_at_invoking),
}
