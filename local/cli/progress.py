"""Steps carried out one after the other, each shown with its result and its seconds."""

import time
from collections.abc import Callable, Iterable, Sized
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from rich.console import Console

LAST_LINES = 12

T = TypeVar("T")


@dataclass(frozen=True)
class Step(Generic[T]):
    """One step of a command.

    Attributes:
        title: what is being done, in the words of the user.
        action: does it; may answer with a few words on the result.
    """

    title: str
    action: Callable[[T], str | None]


class StepError(Exception):
    """A step failed; the cause says why."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.title = title


def carry_out(steps: Iterable[Step[T]], run: T, console: Console) -> None:
    """Carry the steps out.

    Raises:
        StepError: a step failed; the remaining ones were not begun.
    """
    for step in steps:
        since = time.monotonic()
        try:
            with console.status(f"{step.title} ..."):
                result = step.action(run)
        except Exception as error:
            raise StepError(step.title) from error
        seconds = f"{time.monotonic() - since:5.1f} s"
        console.print(
            f"[green]✓[/] {seconds}  {step.title}" + (f"  [dim]{result}[/]" if result else ""), highlight=False
        )


def counted(things: Sized, noun: str) -> str:
    """How many there are, in words: 1 job, 10 pods."""
    return f"{len(things)} {noun}{'' if len(things) == 1 else 's'}"


def explain(error: BaseException, console: Console) -> None:
    """Print an error for the user: what, and the last lines of the log that tells more."""
    console.print(f"✗ {error}", markup=False, highlight=False, soft_wrap=True)
    log = getattr(error, "log", None)
    if not isinstance(log, Path):
        return
    console.print(f"\nThe last lines of {log}:", markup=False, highlight=False, soft_wrap=True)
    for line in last_lines(log):
        console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True, style="dim")


def last_lines(log: Path, count: int = LAST_LINES) -> list[str]:
    """The end of a log; empty if there is none."""
    if not log.exists():
        return []
    return log.read_text(errors="replace").splitlines()[-count:]
