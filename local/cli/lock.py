"""One command at a time changes a checkout's run."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from local.machine.errors import LocalError
from local.machine.layout import Layout


@contextmanager
def exclusively(layout: Layout, command: str) -> Iterator[None]:
    """Hold the checkout's lock; the kernel lets go of it when this process ends, however it ends.

    Raises:
        LocalError: another command holds it.
    """
    with (layout.state / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise LocalError(f"`{file.read().strip()}` is at work in this checkout; wait for it or end it") from None
        file.truncate(0)
        file.write(f"{command} (pid {os.getpid()})")
        file.flush()
        yield
