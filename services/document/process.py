"""Rendering in a process of its own: a document that takes too long or too much memory costs nobody but itself."""

import multiprocessing
import resource
import threading
from multiprocessing.connection import Connection
from typing import Final

from services.common.errors import Park, Unavailable
from services.common.faults import crash_point
from services.document.rendering import Printed, Renderer
from services.manifests.document import Document

RENDER_SECONDS: Final = 25.0
"""The longest document takes two seconds of a core, a usual one a thirtieth; a worker's lease is 60 s."""
START_SECONDS: Final = 30.0
MEMORY_BYTES: Final = 2 << 30
"""Address space of the child, with the fonts that it maps; the longest document needs a third of it."""


class RenderingProcess:
    """Renders like `Renderer`, one document at a time, in a child process that is replaced when it fails.

    The child ends with its parent, however that ends: it reads the end of the pipe.
    """

    def __init__(self, seconds: float = RENDER_SECONDS) -> None:
        self._seconds = seconds
        self._turn = threading.Lock()
        self._child: _Child | None = _Child()

    def render(self, document: Document) -> Printed:
        """The document in print; see `Renderer.render`.

        Raises:
            Park: it cannot be printed as it stands, or not in time.
            Unavailable: the process died; the next try gets a new one.
        """
        with self._turn:
            child = self._child = self._child or _Child()
            try:
                child.await_ready()
                child.pipe.send(document)
                crash_point("C13", document.order_id)
                if not child.pipe.poll(self._seconds):
                    self.close()
                    raise Park(f"{document.number} could not be printed in {self._seconds:g} s; shorten its texts")
                answer = child.pipe.recv()
            except (EOFError, OSError):
                self.close()
                raise Unavailable(f"the process that rendered {document.number} died") from None
        if isinstance(answer, Printed):
            return answer
        raise answer

    def close(self) -> None:
        """Ends the child at once."""
        if self._child is not None:
            self._child.kill()
            self._child = None


class _Child:
    """The process and our end of the pipe to it."""

    def __init__(self) -> None:
        # Never forked: a worker has threads.
        context = multiprocessing.get_context("spawn")
        self.pipe, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(there,), name="rendering", daemon=True)
        self._process.start()
        there.close()
        self._ready = False

    def await_ready(self) -> None:
        """Returns when the child has loaded its fonts.

        Raises:
            EOFError: it died, or is not there in time.
        """
        if not self._ready and not self.pipe.poll(START_SECONDS):
            raise EOFError
        self._ready = self._ready or self.pipe.recv() == "ready"

    def kill(self) -> None:
        """Ends it at once."""
        self._process.kill()
        self._process.join()
        self.pipe.close()


def _serve(pipe: Connection) -> None:
    """The child's life: after the word that it is ready, each document of the pipe in print, or what was raised."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    renderer = Renderer()
    pipe.send("ready")
    while True:
        try:
            document = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            pipe.send(renderer.render(document))
        except Exception as fault:  # noqa: BLE001 - the parent raises it
            pipe.send(fault)
