"""What can keep the picture from being drawn, in words for the person who ran the command."""

from local.machine.errors import LocalError


class SunError(LocalError):
    """What was asked for cannot be drawn."""
