"""What a service would write to standard output at the most talkative level that a release can be set to."""

import io
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from services.common import telemetry


@contextmanager
def talkative(service: str) -> Iterator[io.StringIO]:
    """Gathers the log of that service and of its libraries; afterwards this process logs as it did before."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    written = io.StringIO()
    with patch.object(sys, "stdout", written):
        telemetry.configure(service, "eu", "DEBUG")
    root.handlers.extend(handlers)
    try:
        yield written
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
