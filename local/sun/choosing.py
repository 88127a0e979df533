"""What is to be drawn, from what the command was told: a day, and regions by their names or as `name:zone`."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from local.sun.errors import SunError
from services.sun.schedule.regions import Region
from services.sun.schedule.weights import FLOOR
from stacks.neighbours import neighbours

EXAMPLES: Mapping[str, str] = {"us": "America/New_York"}
"""Regions that have no settings file, to see what they would change."""


def chosen_day(text: str) -> datetime:
    """The beginning of the day, by UTC.

    Raises:
        SunError: it is none.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise SunError(f"DAY is {text!r}, and should be a day such as 2026-03-29") from error
    if not 1971 <= day.year <= 9998:
        raise SunError(f"DAY is {text!r}, and should be a day of the years 1971 to 9998")
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def chosen_regions(text: str, root: Path) -> tuple[Region, ...]:
    """The regions, in the order in which they are told; none told: all that have a settings file.

    Raises:
        SunError: one is not known, or told twice, or has no zone, or they are too many.
        SettingsError: a region's file cannot be read.
    """
    known = {
        neighbour.name: Region(neighbour.name, neighbour.placement.region, ZoneInfo(neighbour.time_zone))
        for neighbour in neighbours(root)
    }
    if not text:
        return tuple(known.values())
    regions = tuple(_region(told.strip(), known) for told in text.split(","))
    names = [region.name for region in regions]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise SunError(f"REGIONS has {twice!r} twice")
    if len(regions) * FLOOR > 1:
        raise SunError(f"REGIONS has {len(regions)} regions, of which each should have {FLOOR:.0%} of the requests")
    return regions


def _region(told: str, known: Mapping[str, Region]) -> Region:
    name, _, zone = told.partition(":")
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,11}", name):
        raise SunError(f"REGIONS has {told!r}, and a region's name is up to twelve lower-case letters and digits")
    if not zone and name in known:
        return known[name]
    if not zone and name not in EXAMPLES:
        choice = ", ".join([*known, *EXAMPLES])
        raise SunError(f"REGIONS has {name!r}, which is none of {choice}; others are told as {name}:Europe/Dublin")
    return Region(name, name, _zone(zone or EXAMPLES[name]))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SunError(f"REGIONS has the time zone {name!r}, which does not exist") from error
