"""What can be wrong with a stack when it is run on this machine: each fault is one readable sentence."""


class HostError(Exception):
    """The stack cannot be captured or realised; the message says what is wrong, where, and what to do."""


class SettingsError(HostError):
    """A settings file, or the overlay laid over it, cannot be read as a stack's configuration."""


class ProgramError(HostError):
    """The stack's own program raised an exception."""


class ResourceError(HostError):
    """One resource cannot be declared or created."""

    def __init__(self, resource_type: str, urn: str, problem: str) -> None:
        super().__init__(f"{resource_type} '{urn.rpartition('::')[2]}': {problem}\n  {urn}")


class PolicyError(HostError):
    """The stack breaks mandatory policies; nothing was created."""
