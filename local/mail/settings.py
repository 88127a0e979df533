"""The settings: the command line."""

from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from local.serving import Address


@dataclass(frozen=True)
class Settings:
    """Where to listen, whom to ask and where the mails are kept."""

    api: Address
    page: Address
    emulator: str
    store: Path


def parse(arguments: Sequence[str]) -> Settings:
    """The settings that the command line states; a wrong one ends the program with the usage."""
    parser = ArgumentParser(
        "python -m local.mail", description="The delivery side of SES, with a mailbox to look into."
    )
    parser.add_argument("--api-host", required=True, help="address of the SESv2 endpoint")
    parser.add_argument("--api-port", required=True, type=int)
    parser.add_argument("--page-host", default="127.0.0.1", help="address of the mailbox page")
    parser.add_argument("--page-port", required=True, type=int)
    parser.add_argument("--emulator", required=True, help="URL of the AWS emulator behind the endpoint")
    parser.add_argument("--store", required=True, type=Path, help="Maildir of all mails; made when absent")
    found = parser.parse_args(arguments)
    return Settings(
        api=Address(found.api_host, found.api_port),
        page=Address(found.page_host, found.page_port),
        emulator=found.emulator.rstrip("/"),
        store=found.store,
    )
