"""What can keep the picture from being drawn, in words for the person who ran the command."""

from local.machine.errors import LocalError


class PictureError(LocalError):
    """The model cannot be shown truthfully, or the stored picture does not show it."""
