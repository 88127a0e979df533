"""The file of what was used and what was refused, each once: it says which grants nobody needs."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from local.access.judgement import Grant, Refusal


@dataclass(frozen=True)
class Used:
    """A grant of a role by which a call went through."""

    role: str
    grant: Grant


@dataclass(frozen=True)
class Refused:
    """A call of a role that did not go through."""

    role: str
    action: str
    resource: str


class Ledger:
    """Appends what is new; the file is small however long the platform runs.

    Of refusals, the first resource of a role's action stands for all.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        used, refused = read(path)
        self._used = set(used)
        self._refused = {(one.role, one.action) for one in refused}

    def use(self, role: str, grant: Grant) -> None:
        """Remembers that the role needs the grant."""
        used = Used(role, grant)
        if used not in self._used:
            self._used.add(used)
            self._append({"used": asdict(used)})

    def refuse(self, role: str, refusal: Refusal) -> None:
        """Remembers that the role was refused something."""
        check = refusal.check
        if (role, check.action) not in self._refused:
            self._refused.add((role, check.action))
            self._append({"refused": asdict(Refused(role, check.action, check.resource))})

    def _append(self, line: dict[str, object]) -> None:
        with self._path.open("a") as file:
            file.write(json.dumps(line) + "\n")


def read(path: Path) -> tuple[list[Used], list[Refused]]:
    """What the file says; nothing before the first call."""
    lines = list(_lines(path))
    return (
        [Used(one["used"]["role"], Grant(**one["used"]["grant"])) for one in lines if "used" in one],
        [Refused(**one["refused"]) for one in lines if "refused" in one],
    )


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if path.exists():
        for text in path.read_text().splitlines():
            yield json.loads(text)
