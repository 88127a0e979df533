"""What the user may choose for a run, from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from local.machine.errors import LocalError

PREFERRED_API_PORT = 8080
PREFERRED_MAIL_PORT = 8025


@dataclass(frozen=True)
class Settings:
    """The public ports and the regions that the user insists on; None leaves the choice to the run."""

    api_port: int | None
    mail_port: int | None
    regions: tuple[str, ...] | None = None

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """The settings of this process.

        Raises:
            LocalError: a variable holds no port, or names no region.
        """
        return cls(_port(environment, "API_PORT"), _port(environment, "MAIL_PORT"), _regions(environment))


def _port(environment: Mapping[str, str], variable: str) -> int | None:
    text = environment.get(variable, "")
    if not text:
        return None
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise LocalError(f"{variable}={text}: a port is a number from 1 to 65535")
    return int(text)


def _regions(environment: Mapping[str, str]) -> tuple[str, ...] | None:
    text = environment.get("REGIONS", "")
    if not text:
        return None
    names = tuple(name.strip() for name in text.split(","))
    if not all(names):
        raise LocalError(f"REGIONS={text}: name regions with commas between them, for example eu,apac")
    return names
