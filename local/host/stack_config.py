"""A stack's configuration, read from its settings file as the Pulumi engine reads it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.host.errors import SettingsError
from local.host.yaml_file import read_mapping

_WORLDWIDE = "global"

ENGINE_KEYS = {"config", "secretsprovider", "encryptedkey", "encryptionsalt"}


@dataclass(frozen=True)
class Project:
    """What `Pulumi.yaml` says.

    Attributes:
        program: The directory of the program, which is also its working directory.
    """

    name: str
    root: Path
    program: Path


def read_project(root: Path) -> Project:
    """The project whose `Pulumi.yaml` lies in that directory.

    Raises:
        SettingsError: the file is missing, names no project or points at no program.
    """
    path = root / "Pulumi.yaml"
    document = read_mapping(path)
    name = document.get("name")
    if not isinstance(name, str) or not name:
        raise SettingsError(f"{path}: 'name' is missing; it names the project")
    program = (root / str(document.get("main", "."))).resolve()
    if not program.is_dir():
        raise SettingsError(f"{path}: 'main' must be the directory of the program; {program} is none")
    return Project(name, root.resolve(), program)


def upstream_of(project: Project, stack: str) -> tuple[str, ...]:
    """The stacks that this one may refer to: where the project has a stack `global`, all others stand on it alone."""
    above = stack != _WORLDWIDE and (project.root / f"Pulumi.{_WORLDWIDE}.yaml").exists()
    return (_WORLDWIDE,) if above else ()


def read_config(project: Project, stack: str, overlay: Mapping[str, Any]) -> dict[str, str]:
    """The configuration of the stack as the engine hands it to a program: every value is text, objects are JSON.

    Args:
        project: Whose settings these are; a key without a namespace belongs to it.
        stack: Names the settings file, `Pulumi.<stack>.yaml`.
        overlay: Values laid over the file's; `project:key.inner` reaches into an object.

    Raises:
        SettingsError: the file is missing or malformed, or the overlay reaches into something that is no object.
    """
    path = project.root / f"Pulumi.{stack}.yaml"
    if not path.exists():
        known = sorted(entry.name.split(".")[1] for entry in project.root.glob("Pulumi.*.yaml"))
        raise SettingsError(f"no stack '{stack}': {path} does not exist (stacks here: {', '.join(known) or 'none'})")
    document = read_mapping(path)
    if unknown := sorted(document.keys() - ENGINE_KEYS):
        raise SettingsError(f"{path}: unknown key '{unknown[0]}'; settings stand below 'config'")
    config = document.get("config") or {}
    if not isinstance(config, dict):
        raise SettingsError(f"{path}: 'config' must be an object")
    values = {key if ":" in key else f"{project.name}:{key}": value for key, value in config.items()}
    for target, value in overlay.items():
        _lay_over(values, target, value, path)
    return {key: _as_text(key, value, path) for key, value in values.items()}


def _lay_over(values: dict[str, Any], target: str, value: object, path: Path) -> None:
    key, *inner = target.split(".")
    for name in inner:
        holder = values.get(key)
        if not isinstance(holder, dict):
            raise SettingsError(f"{path}: '{target}' cannot be overlaid, '{key}' is not an object there")
        values[key] = dict(holder)
        values, key = values[key], name
    values[key] = value


def _as_text(key: str, value: object, path: Path) -> str:
    match value:
        case None:
            raise SettingsError(f"{path}: '{key}' has no value")
        case {"secure": _}:
            raise SettingsError(f"{path}: '{key}' is encrypted; only the Pulumi engine can read it")
        case bool():
            return str(value).lower()
        case dict() | list():
            return json.dumps(value, default=str)
        case _:
            return str(value)
