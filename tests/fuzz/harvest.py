"""Ids, versions and cursors out of answers, so that later requests meet things that exist."""

import json
import random
import re
from collections import defaultdict, deque
from collections.abc import Mapping
from typing import Any

Pools = dict[str, deque[str]]

KEPT = 200
"""Of each kind and caller: the newest."""
GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Harvest:
    """What each company's people, and staff, have been shown."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._pools: dict[str, Pools] = defaultdict(lambda: defaultdict(lambda: deque(maxlen=KEPT)))
        self._versions: dict[str, str] = {}

    def read(self, owner: str, path: str, headers: Mapping[str, list[str]], body: bytes) -> None:
        """Keeps what a good answer shows; what was made is named by its address."""
        etag, location = (next(iter(headers.get(name, [])), None) for name in ("etag", "location"))
        try:
            document = json.loads(body)
        except ValueError:
            return
        if location is not None:
            path, _, made = location.rpartition("/")
            self._pools[owner][_noun(path)].append(made)
        self._walk(owner, _noun(path), document)
        if etag is not None and isinstance(document, dict):
            self._versions[str(document.get("id"))] = self._versions[owner + path] = etag

    def id(self, owner: str, path: str, name: str) -> str | None:
        """An id that fits the member of that name: mostly one that the owner knows, else somebody else's."""
        noun = _noun(path) if name == "id" else name.removesuffix("Id").lower()
        owners = [owner] if self._chance.random() < 0.8 else list(self._pools)
        found = [one for who in owners for one in self._pools[who][noun]]
        return self._chance.choice(found) if found else None

    def version(self, owner: str, path: str, one: str | None) -> str | None:
        """The `ETag` with which the thing was last seen: by its id, or by the path of what there is one of."""
        return self._versions.get(one) if one else self._versions.get(owner + path)

    def cursor(self, owner: str) -> str | None:
        """The `next` of some list."""
        found = self._pools[owner]["next"]
        return self._chance.choice(found) if found else None

    def _walk(self, owner: str, noun: str, node: Any) -> None:
        if isinstance(node, list):
            for one in node:
                self._walk(owner, noun, one)
        if isinstance(node, dict):
            if "id" in node and "version" in node:
                self._versions[node["id"]] = f'"{node["version"]}"'
            for name, value in node.items():
                if isinstance(value, str) and (GUID.fullmatch(value) or name == "next"):
                    kind = noun if name == "id" else name.removesuffix("Id").lower()
                    self._pools[owner][kind].append(value)
                elif isinstance(value, dict | list):
                    # A page's list has what its path names; any other has what its member names.
                    self._walk(owner, noun if "next" in node else _singular(name).lower(), value)


def _noun(path: str) -> str:
    """What the collection of the path has: `/subscription-items/{id}` has a subscriptionitem."""
    segments = [segment for segment in path.split("/") if segment and not segment.startswith("{")]
    collection = path.partition("/{")[0].rpartition("/")[2] if "/{" in path else segments[-1]
    return _singular(collection.replace("-", "")).lower()


def _singular(name: str) -> str:
    return "person" if name == "people" else name.removesuffix("s")
