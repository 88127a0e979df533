"""What can go wrong between a chart and its processes, in words for the person who ran the command."""

from local.machine.errors import LocalError


class ClusterError(LocalError):
    """A release cannot be run as it is declared."""


class NotHonouredError(ClusterError):
    """A manifest asks for something that one machine cannot give and that would change how the workload behaves."""
