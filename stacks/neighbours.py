"""The regions that there are, as their own files tell it: so a new region is one more file, and no list knows of it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ConfigDict

from infra.placement import Placement
from stacks.reading import SettingsError, read, refuse
from stacks.schema import WORLDWIDE, Placed
from stacks.sections import Network, Region


@dataclass(frozen=True)
class Neighbour:
    """What of a region concerns all of them."""

    name: str
    time_zone: str
    cidr: str
    placement: Placement


class _File(Placed):
    """The keys of a region's file that are read here; the region's own program reads all of them."""

    model_config = ConfigDict(extra="ignore")

    region: Region
    network: Network


def neighbours(root: Path) -> tuple[Neighbour, ...]:
    """Every region that has a settings file in that directory, in the order of their names.

    Raises:
        SettingsError: one of the files cannot be read, or what is wanted of it has faults.
    """
    stacks = sorted(path.name.split(".")[1] for path in root.glob("Pulumi.*.yaml"))
    return tuple(_read(stack, root / f"Pulumi.{stack}.yaml") for stack in stacks if stack != WORLDWIDE)


def _read(stack: str, path: Path) -> Neighbour:
    try:
        config: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))["config"]
        texts = {
            key: value if isinstance(value, str) else json.dumps(value, default=str) for key, value in config.items()
        }
    except (OSError, TypeError, ValueError, KeyError, AttributeError, yaml.YAMLError) as error:
        raise SettingsError(f"{path.name} cannot be used:\n  it is no settings file ({error})") from error
    file, faults = read(_File, texts)
    if file is None or faults:
        refuse(stack, faults)
    return Neighbour(file.region.name, file.region.time_zone, file.network.cidr, file.placement)
