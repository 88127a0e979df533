"""Runs a stack's program in this process, as the engine's language host would in a process of its own."""

import asyncio
import contextlib
import contextvars
import gc
import logging
import os
import runpy
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

import pulumi
from pulumi.runtime import settings

from local.host.engine import EngineLog, Monitor
from local.host.errors import HostError, ProgramError
from local.host.stack_config import Project

log = logging.getLogger(__name__)

_one_at_a_time = threading.Lock()
"""The working directory and the table of modules belong to the whole process."""


def run_program(project: Project, stack: str, config: Mapping[str, str], monitor: Monitor) -> None:
    """Runs the program with every registration answered by the monitor; returns when the last one is.

    The program sees its own directory as working directory and fresh modules, and leaves neither behind.

    Raises:
        ProgramError: the program raised an exception.
        HostError: the monitor refused a registration; the first refusal is raised.
    """
    with inside(project):
        try:
            contextvars.copy_context().run(asyncio.run, _deploy(project, stack, config, monitor))
        except (Exception, SystemExit) as error:
            raise monitor.fault or _program_error(project, stack, error) from error


@contextlib.contextmanager
def inside(project: Project) -> Iterator[None]:
    """Gives the process to the program: its own directory as working directory and fresh modules, for one at a time."""
    with _one_at_a_time, _working_directory(project.program), _fresh_modules(project), _no_collection():
        yield


def execute(project: Project) -> None:
    """Runs the program's own code; what it registers goes wherever the SDK is configured to send it."""
    runpy.run_path(str(project.program), run_name="__main__")


async def _deploy(project: Project, stack: str, config: Mapping[str, str], monitor: Monitor) -> None:
    # One failed resource fails the future of each of its outputs; the first failure is raised, the rest are echoes.
    asyncio.get_running_loop().set_exception_handler(lambda _, context: log.debug("%s", context["message"]))
    pulumi.runtime.set_all_config(dict(config), [])
    settings.configure(
        settings.Settings(
            project=project.name,
            stack=stack,
            monitor=monitor,
            engine=EngineLog(logging.getLogger("pulumi")),
            dry_run=False,
            organization="local",
            root_directory=str(project.root),
        )
    )
    settings.ROOT.set(None)
    await pulumi.runtime.run_in_stack(lambda: execute(project))


@contextlib.contextmanager
def _working_directory(directory: Path) -> Iterator[None]:
    before, path = Path.cwd(), list(sys.path)
    os.chdir(directory)
    try:
        yield
    finally:
        os.chdir(before)
        sys.path[:] = path


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Leaves the cyclic garbage for afterwards: all that a program makes lives as long as it runs.

    The collector would go over it again and again, and double the time that the program takes.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@contextlib.contextmanager
def _fresh_modules(project: Project) -> Iterator[None]:
    """Hides what was imported from the program's own code, and afterwards forgets what the program imported."""
    hidden = {name: sys.modules.pop(name) for name in _own_modules(project)}
    try:
        yield
    finally:
        for name in _own_modules(project):
            del sys.modules[name]
        sys.modules.update(hidden)


def _own_modules(project: Project) -> list[str]:
    homes = tuple(f"{home}{os.sep}" for home in (project.program, project.root / "infra"))
    return [
        name for name, module in list(sys.modules.items()) if name != "__main__" and _file(module).startswith(homes)
    ]


def _file(module: object) -> str:
    if not issubclass(type(module), ModuleType):
        return ""  # libraries of cffi pass for modules, but have no `__dict__`
    # The SDKs fill the table with lazy modules: to ask one for `__file__` would import it.
    return str(object.__getattribute__(module, "__dict__").get("__file__") or "")


def _program_error(project: Project, stack: str, error: BaseException) -> HostError:
    root = f"{project.root}{os.sep}"
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(root)]
    own = [frame for frame in own if not frame.filename.startswith((sys.prefix, f"{root}local{os.sep}"))]
    where = f" at {own[-1].filename.removeprefix(root)}:{own[-1].lineno}" if own else ""
    kind = type(error).__name__
    return ProgramError(f"the program of stack '{stack}' failed{where}: {kind}: {error}")
