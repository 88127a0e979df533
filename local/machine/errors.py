"""The one error a command shows to its user."""

from pathlib import Path


class LocalError(Exception):
    """Something on this machine stands in the way of the run; the message says what, where and what to do.

    Attributes:
        log: the file whose last lines tell more, if there is one.
    """

    def __init__(self, message: str, log: Path | None = None) -> None:
        super().__init__(message)
        self.log = log
