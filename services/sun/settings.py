"""What the function is told by its environment: all of it required, and nothing else known."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.sun.schedule.regions import Region

_REGION_KEYS = {"name", "awsRegion", "timeZone"}
_PREFIX = "SUN_"
T = TypeVar("T")


class SettingsError(Exception):
    """A variable is missing, unknown or says what cannot be; its text names the variable."""


class Mode(StrEnum):
    """Whether the controller changes anything, or only writes down what it would change."""

    OBSERVE = "observe"
    ACT = "act"


@dataclass(frozen=True)
class Settings:
    """The environment, understood.

    Attributes:
        region: the one in which this controller runs.
        database_secret: of the role that the controller has in the database; its ARN in any region.
    """

    region: Region
    regions: tuple[Region, ...]
    mode: Mode
    table: str
    table_region: str
    zone_id: str
    record_name: str
    global_cluster: str
    database_name: str
    database_secret: str
    page_topic: str


def read(environment: Mapping[str, str]) -> Settings:
    """The settings.

    Raises:
        SettingsError: on the first fault found.
    """
    known = {"REGION_NAME", *_VARIABLES}
    unknown = sorted(name for name in environment if name.startswith(_PREFIX) and name not in known)
    if unknown:
        raise SettingsError(f"{unknown[0]} is not known")
    missing = sorted(name for name in known if not environment.get(name))
    if missing:
        raise SettingsError(f"{missing[0]} is missing")
    regions = _parsed("SUN_REGIONS", environment, _regions)
    own = next((region for region in regions if region.name == environment["REGION_NAME"]), None)
    if own is None:
        raise SettingsError(f"REGION_NAME is {environment['REGION_NAME']!r}, which SUN_REGIONS does not have")
    return Settings(
        region=own,
        regions=regions,
        mode=_parsed("SUN_MODE", environment, Mode),
        table=environment["SUN_TABLE"],
        table_region=environment["SUN_TABLE_REGION"],
        zone_id=environment["SUN_ZONE_ID"],
        record_name=environment["SUN_RECORD_NAME"].rstrip("."),
        global_cluster=environment["SUN_GLOBAL_CLUSTER"],
        database_name=environment["SUN_DATABASE_NAME"],
        database_secret=_parsed("SUN_DATABASE_SECRET", environment, _secret),
        page_topic=_parsed("SUN_PAGE_TOPIC", environment, _topic),
    )


_VARIABLES = (
    "SUN_TABLE",
    "SUN_TABLE_REGION",
    "SUN_ZONE_ID",
    "SUN_RECORD_NAME",
    "SUN_GLOBAL_CLUSTER",
    "SUN_DATABASE_NAME",
    "SUN_DATABASE_SECRET",
    "SUN_REGIONS",
    "SUN_MODE",
    "SUN_PAGE_TOPIC",
)


def _parsed(name: str, environment: Mapping[str, str], parse: Callable[[str], T]) -> T:
    try:
        return parse(environment[name])
    except ValueError as error:
        raise SettingsError(f"{name} cannot be used: {error}") from error


def _regions(text: str) -> tuple[Region, ...]:
    entries = json.loads(text)
    if not isinstance(entries, list) or not entries:
        raise ValueError("it should be a list of regions")
    regions = tuple(_region(entry) for entry in entries)
    for what in ("name", "aws_region"):
        if len({getattr(region, what) for region in regions}) < len(regions):
            raise ValueError("two regions are the same")
    return regions


def _region(entry: object) -> Region:
    if not isinstance(entry, dict) or set(entry) != _REGION_KEYS:
        raise ValueError(f"{entry!r} should have {', '.join(sorted(_REGION_KEYS))}, and nothing else")
    if not all(isinstance(value, str) and value for value in entry.values()):
        raise ValueError(f"{entry!r} should have texts")
    try:
        zone = ZoneInfo(entry["timeZone"])
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"{entry['timeZone']!r} is no time zone") from error
    return Region(entry["name"], entry["awsRegion"], zone)


def _topic(arn: str) -> str:
    if len(arn.split(":")) != 6 or not arn.startswith("arn:"):
        raise ValueError(f"{arn!r} is no ARN of a topic")
    return arn


def _secret(arn: str) -> str:
    if len(arn.split(":")) != 7 or not arn.startswith("arn:"):
        raise ValueError(f"{arn!r} is no ARN of a secret")
    return arn
