"""What values of a settings file may look like, whichever section they are in."""

import re
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from infra.checks import subnetted
from infra.zone import DOMAIN


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        # A machine without time-zone data cannot tell a good name from a bad one.
        if available_timezones():
            raise ValueError("should be a time zone such as Europe/Dublin") from error
    return name


def _trusted_url(url: str) -> str:
    if not re.fullmatch(r"https://[^\s/?#]+(/[^\s?#]*)?|http://127(\.\d{1,3}){3}(:\d+)?", url):
        raise ValueError("should be an https URL; plain http is for a loopback address only")
    return url


def _cidr(cidr: str) -> str:
    if fault := subnetted(cidr, 16):
        raise ValueError(fault.replace("must", "should", 1).partition(", not ")[0])
    return cidr


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
TrustedUrl = Annotated[str, AfterValidator(_trusted_url)]
Cidr = Annotated[str, AfterValidator(_cidr)]
Domain = Annotated[str, Field(pattern=rf"^{DOMAIN}$")]


class Section(BaseModel):
    """One object of the file: keys in camelCase, no conversions between types, nothing unknown."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", alias_generator=to_camel)
