"""The end of a process at any of its steps."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Crash(BaseException):
    """The process is gone."""


class Tripwire:
    """Ends the process at one of the calls of its ports, before it has its effect: after all that the last one had.

    Args:
        at: the number of the call.
        before: the first call of that name.
    """

    def __init__(self, at: int | None = None, before: str | None = None) -> None:
        self._at, self._before, self.steps = at, before, 0

    def step(self, name: str) -> None:
        self.steps += 1
        if self.steps == self._at or name == self._before:
            raise Crash

    def around(self, port: T) -> T:
        return cast("T", _Fragile(port, self))


class _Fragile:
    def __init__(self, port: object, wire: Tripwire) -> None:
        self._port, self._wire = port, wire

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            self._wire.step(name)
            return getattr(self._port, name)(*args)

        return call
