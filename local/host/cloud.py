"""What this machine has in place of AWS."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cloud:
    """Where the parts of the local cloud are.

    Attributes:
        emulator: URL of the AWS emulator.
        database_host: What an Aurora cluster answers as its endpoint: the directory of PostgreSQL's unix socket.
        database_port: The port that belongs to it.
        api_url: What the HTTP API answers as its endpoint: the edge proxy's URL, without a slash at its end.
    """

    emulator: str
    database_host: str
    database_port: int
    api_url: str
