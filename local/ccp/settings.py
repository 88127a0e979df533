"""The simulator's settings: its command line."""

from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Where to listen and where the sales are kept."""

    host: str
    port: int
    ledger: Path


def parse(arguments: Sequence[str]) -> Settings:
    """The settings that the command line states; a wrong one ends the program with the usage."""
    parser = ArgumentParser("python -m local.ccp", description="The Cloud Computing Provider, simulated.")
    parser.add_argument("--host", required=True, help="address to listen on")
    parser.add_argument("--port", required=True, type=int)
    parser.add_argument("--ledger", required=True, type=Path, help="SQLite file of all sales; made when absent")
    found = parser.parse_args(arguments)
    return Settings(found.host, found.port, found.ledger)
