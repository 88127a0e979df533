"""What lies in a run's bucket, by hash: each object is read once for as long as S3 says that it is the same."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol
from urllib.parse import quote

import urllib3

from local.host.emulator import Clients
from tests.chaos.checker import Stored
from tests.chaos.licences import named

READERS = 4
WITNESSES = "numbers/"


class Shelf(Protocol):
    """Where a bucket is, and how one gets there."""

    @property
    def emulator(self) -> str:
        """Its URL."""

    @property
    def name(self) -> str:
        """The bucket's."""

    @property
    def clients(self) -> Clients:
        """For the bucket's region."""


class Bucket:
    """The objects of one run's bucket; of their bytes no more than a hash stays in memory."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._known: dict[str, tuple[str, Stored]] = {}
        self._http = urllib3.PoolManager(maxsize=READERS, retries=urllib3.Retry(3), timeout=30.0)

    def read(self) -> dict[str, Stored]:
        """Every object as it is now."""
        pages = self._shelf.clients.s3.get_paginator("list_objects_v2").paginate(Bucket=self._shelf.name)
        tags = {entry["Key"]: entry["ETag"] for page in pages for entry in page.get("Contents", [])}
        kept = {key: known for key, known in self._known.items() if tags.get(key) == known[0]}
        with ThreadPoolExecutor(READERS) as readers:
            missing = [key for key in tags if key not in kept]
            found = readers.map(self._fetch, missing)
            kept |= {key: (tags[key], stored) for key, stored in zip(missing, found, strict=True) if stored is not None}
        self._known = kept
        return {key: stored for key, (_, stored) in kept.items()}

    def _fetch(self, key: str) -> Stored | None:
        """The object; None if it has gone since it was listed. The emulator wants no signature, so none is made."""
        answer = self._http.request("GET", f"{self._shelf.emulator}/{self._shelf.name}/{quote(key)}")
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise RuntimeError(f"the object {key} was answered {answer.status}")
        text = answer.data.decode(errors="replace") if key.startswith(WITNESSES) else ""
        return Stored(hashlib.sha256(answer.data).hexdigest(), text, bool(named(answer.data)))
