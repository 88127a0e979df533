"""All mails, one file each, in a Maildir: `new` holds those whose events are still to be published, `cur` the rest."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from local.mail.envelope import Envelope, seal, unseal

INFO = ":2,"
"""The suffix that Maildir gives to the files in `cur`."""


@dataclass(frozen=True)
class Mail:
    """A mail with its text."""

    envelope: Envelope
    raw: bytes


class MailStore:
    """The mails; safe to use from many threads, by one process."""

    def __init__(self, path: Path) -> None:
        """Opens the Maildir, or makes a new one; what a killed process left half written is removed.

        Raises:
            OSError: the directory cannot be written.
        """
        self._tmp, self._new, self._cur = path / "tmp", path / "new", path / "cur"
        for directory in (self._tmp, self._new, self._cur):
            directory.mkdir(parents=True, exist_ok=True)
        for leftover in self._tmp.iterdir():
            leftover.unlink()
        self.envelope = lru_cache(maxsize=4096)(self._envelope)

    def add(self, envelope: Envelope, raw: bytes) -> None:
        """Keeps a mail. Once this returns, neither a kill nor a power cut loses it.

        Raises:
            OSError: it could not be written, for example because the disk is full.
        """
        name = f"{int(envelope.accepted_at.timestamp() * 1_000_000):017d}.{envelope.message_id}"
        draft = self._tmp / name
        try:
            _write(draft, seal(envelope, raw))
        except OSError:
            draft.unlink(missing_ok=True)
            raise
        draft.rename(self._new / name)
        _sync(self._new)

    def pending(self) -> list[str]:
        """The names of the mails whose events are still to be published, the oldest first."""
        return sorted(_names(self._new))

    def settle(self, name: str) -> None:
        """Notes that the events of a pending mail are published."""
        (self._new / name).rename(self._cur / f"{name}{INFO}")

    def names(self) -> list[str]:
        """The names of all mails, the newest first."""
        pending = _names(self._new)  # first, so that a mail that is settled meanwhile is seen at least once
        settled = (name.removesuffix(INFO) for name in _names(self._cur))
        return sorted({*pending, *settled}, reverse=True)

    def envelopes(self) -> Iterator[Envelope]:
        """The envelopes of all mails, the newest first."""
        return (self.envelope(name) for name in self.names())

    def find(self, message_id: str) -> Mail | None:
        """The mail of that SES message id."""
        return next((self.read(name) for name in self.names() if name.partition(".")[2] == message_id), None)

    def read(self, name: str) -> Mail:
        """The mail of that name.

        Raises:
            EnvelopeError: the file is not one that `add` has written.
        """
        with self._open(name) as file:
            return Mail(unseal(file), file.read())

    def _envelope(self, name: str) -> Envelope:
        with self._open(name) as file:
            return unseal(file)

    def _open(self, name: str) -> BinaryIO:
        try:
            return (self._new / name).open("rb")
        except FileNotFoundError:
            return (self._cur / f"{name}{INFO}").open("rb")


def _names(directory: Path) -> list[str]:
    return [path.name for path in directory.iterdir()]


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(directory: Path) -> None:
    """Makes the directory's entries durable, not only the files' content."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
