"""A settings file against its schema: every fault is found, and told with its key and the remedy."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NoReturn, TypeVar

import pulumi
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from stacks.schema import AWS_ACCOUNTS, AWS_REGION, NAMESPACE
from stacks.sections import Size

PREFIX = f"{NAMESPACE}:"

_PROVIDER_KEYS = (AWS_REGION, AWS_ACCOUNTS)
_OF_THE_JUDGE = "policies:"
"""How the policy pack holds for the stack: no business of the program that is judged."""

Schema = TypeVar("Schema", bound=BaseModel)


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


def document_of(config: Mapping[str, str]) -> dict[str, Any]:
    """The keys that are this program's, as values; the engine hands over objects as JSON text."""
    known = {key: text for key, text in config.items() if _is_known(key)}
    return {key.removeprefix(PREFIX): text if key == AWS_REGION else _value(text) for key, text in known.items()}


def read(schema: type[Schema], config: Mapping[str, str]) -> tuple[Schema | None, list[Fault]]:
    """What the configuration states, if it is complete, and all that is wrong with it."""
    faults = [
        Fault(
            key,
            f"is not known: keys are '{AWS_REGION}', '{AWS_ACCOUNTS}' and '{PREFIX}...'",
            closest(key, {path: path for path in _keys_at(schema, ()).values()}),
        )
        for key in sorted(config)
        if not _is_known(key) and not key.startswith(_OF_THE_JUDGE)
    ]
    try:
        return schema.model_validate_json(json.dumps(document_of(config))), faults
    except ValidationError as error:
        return None, [*faults, *(_fault(schema, one) for one in _innermost(error.errors(include_url=False)))]


def refuse(stack: str, faults: Iterable[Fault]) -> NoReturn:
    """Tell all faults of the stack's file.

    Raises:
        SettingsError: always.
    """
    listed = list(faults)
    meant = {fault.meant for fault in listed}
    # A misspelt key is one fault, though it is both unknown and missing.
    lines = [f"  {fault}" for fault in listed if fault.meant or fault.path not in meant]
    raise SettingsError("\n".join([f"Pulumi.{stack}.yaml cannot be used:", *lines]))


def closest(word: str, known: Mapping[str, str]) -> str | None:
    """The known key that the word probably stands for."""
    return next((known[match] for match in get_close_matches(word, known, n=1)), None)


def _is_known(key: str) -> bool:
    return key in _PROVIDER_KEYS or key.startswith(PREFIX)


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _innermost(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """The errors without those of lists that are too short only for want of an item that is itself told."""
    within = {one["loc"][:-1] for one in errors}
    return [one for one in errors if one["type"] != "too_short" or one["loc"] not in within]


def _fault(schema: type[BaseModel], error: ErrorDetails) -> Fault:
    path = _path(error["loc"])
    match error["type"]:
        case "missing":
            return Fault(path, "is missing")
        case "extra_forbidden":
            known = _keys_at(schema, error["loc"][:-1])
            return Fault(path, "is not a known key", closest(str(error["loc"][-1]), known))
        case _:
            wanted = re.sub(r"^(Input|String|Tuple|Value error,) ", "", error["msg"])
            return Fault(path, f"{wanted}, not {json.dumps(error['input'])}")


def _path(loc: Iterable[int | str]) -> str:
    joined = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc).removeprefix(".")
    return joined if joined.startswith(_PROVIDER_KEYS) else f"{PREFIX}{joined}"


def _keys_at(schema: type[BaseModel], loc: tuple[int | str, ...]) -> dict[str, str]:
    """The keys that the object at that place may have, each with its path."""
    model: Any = schema
    for step in loc:
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            model = Size
            break
        model = next(field.annotation for field in model.model_fields.values() if field.alias == step)
    keys = [field.alias or name for name, field in model.model_fields.items()]
    return {key: _path((*loc, key)) for key in keys}
