"""The border between the settings file and the program: parsed once, complete, or refused with every fault at once."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NoReturn

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from services.registry import QUEUES, SERVICES
from stacks.schema import NAMESPACE, Settings, Size

_PREFIX = f"{NAMESPACE}:"
_AWS_REGION = "aws:region"
_WORKLOADS = f"{_PREFIX}workloads"
_DAY = 86_400


class SettingsError(pulumi.RunError):
    """A settings file cannot be used; the message names the file and, for every fault, the key and the remedy."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with one key; `meant` is the known key that an unknown one probably stands for."""

    path: str
    problem: str
    meant: str | None = None

    def __str__(self) -> str:
        hint = f"; did you mean '{self.meant}'?" if self.meant else ""
        return f"{self.path} {self.problem}{hint}"


def load() -> Settings:
    """The settings of the stack that is being run.

    Raises:
        SettingsError: the stack's file has faults.
    """
    return parse(pulumi.get_stack(), {**get_config_env(), **CONFIG.get()})


def parse(stack: str, config: Mapping[str, str]) -> Settings:
    """The settings that a stack's configuration states.

    Args:
        stack: the stack's name, from which its file follows.
        config: every key of that file with its namespace; the engine hands over objects as JSON text.

    Raises:
        SettingsError: the file has faults.
    """
    known = {key: value for key, value in config.items() if key == _AWS_REGION or key.startswith(_PREFIX)}
    document = {key.removeprefix(_PREFIX): _value(key, text) for key, text in known.items()}
    faults = [*_foreign_keys(config.keys() - known.keys()), *_workload_faults(document.get("workloads"))]
    try:
        settings = Settings.model_validate_json(json.dumps(document))
    except ValidationError as error:
        _refuse(stack, [*faults, *map(_fault, error.errors(include_url=False))])
    if faults := [*faults, *_contradictions(stack, settings)]:
        _refuse(stack, faults)
    return settings


def _value(key: str, text: str) -> object:
    if key == _AWS_REGION:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _foreign_keys(keys: Iterable[str]) -> Iterator[Fault]:
    for key in sorted(keys):
        yield Fault(
            key,
            f"is not known: keys are '{_AWS_REGION}' and '{_PREFIX}...'",
            _closest(key, {path: path for path in _keys_at(()).values()}),
        )


def _workload_faults(sizes: object) -> Iterator[Fault]:
    if not isinstance(sizes, dict):
        return
    registered = {service.name: f"{_WORKLOADS}.{service.name}" for service in SERVICES}
    for name in sizes:
        if name not in registered:
            yield Fault(f"{_WORKLOADS}.{name}", "is not a registered service", _closest(name, registered))
    for name, path in registered.items():
        if name not in sizes:
            yield Fault(path, "is missing")


def _contradictions(stack: str, settings: Settings) -> Iterator[Fault]:
    if settings.region.name != stack:
        yield Fault(f"{_PREFIX}region.name", f"is '{settings.region.name}', but the stack is '{stack}'")
    if settings.placement.region != settings.aws_region:
        yield Fault(
            f"{_PREFIX}landingZone.ingressListenerArn",
            f"lies in '{settings.placement.region}', but {_AWS_REGION} is '{settings.aws_region}'",
        )
    primary = settings.secrets.placement
    if primary.account != settings.placement.account:
        problem = f"lies in the account {primary.account}, and its replica would in {settings.placement.account}"
        yield Fault(f"{_PREFIX}secrets.primaryKeyArn", problem)
    if primary.region == settings.aws_region:
        yield Fault(f"{_PREFIX}secrets.primaryKeyArn", f"lies in {primary.region} itself, where no replica can be")
    if settings.mail.sender.partition("@")[2] != settings.mail.domain:
        yield Fault(
            f"{_PREFIX}mail.sender",
            f"is '{settings.mail.sender}', but {_PREFIX}mail.domain is '{settings.mail.domain}'",
        )
    if settings.mail.evidence_window_seconds <= settings.queues.visibility_seconds:
        yield Fault(
            f"{_PREFIX}mail.evidenceWindowSeconds",
            f"is {settings.mail.evidence_window_seconds}, which is not longer than "
            f"{_PREFIX}queues.visibilitySeconds ({settings.queues.visibility_seconds}): an event whose recorder died "
            "would come back only after its mail was sent again",
        )
    patience = max(sum(queue.resend_seconds) for queue in QUEUES)
    if settings.queues.retention_days * _DAY <= patience:
        yield Fault(
            f"{_PREFIX}queues.retentionDays",
            f"is {settings.queues.retention_days}, which is not longer than the relay's patience "
            f"({patience / 3600:.1f} hours): a message would be lost before its order is given up",
        )


def _fault(error: ErrorDetails) -> Fault:
    path = _path(error["loc"])
    match error["type"]:
        case "missing":
            return Fault(path, "is missing")
        case "extra_forbidden":
            return Fault(path, "is not a known key", _closest(str(error["loc"][-1]), _keys_at(error["loc"][:-1])))
        case _:
            wanted = re.sub(r"^(Input|String|Tuple|Value error,) ", "", error["msg"])
            return Fault(path, f"{wanted}, not {json.dumps(error['input'])}")


def _path(loc: Iterable[int | str]) -> str:
    joined = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc).removeprefix(".")
    return joined if joined == _AWS_REGION else f"{_PREFIX}{joined}"


def _keys_at(loc: tuple[int | str, ...]) -> dict[str, str]:
    """The keys that the object at that place may have, each with its path."""
    model: Any = Settings
    for step in loc:
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            model = Size
            break
        model = next(field.annotation for field in model.model_fields.values() if field.alias == step)
    keys = [field.alias or name for name, field in model.model_fields.items()]
    return {key: _path((*loc, key)) for key in keys}


def _closest(word: str, known: Mapping[str, str]) -> str | None:
    return next((known[match] for match in get_close_matches(word, known, n=1)), None)


def _refuse(stack: str, faults: Iterable[Fault]) -> NoReturn:
    listed = list(faults)
    meant = {fault.meant for fault in listed}
    # A misspelt key is one fault, though it is both unknown and missing.
    lines = [f"  {fault}" for fault in listed if fault.meant or fault.path not in meant]
    raise SettingsError("\n".join([f"Pulumi.{stack}.yaml cannot be used:", *lines]))
