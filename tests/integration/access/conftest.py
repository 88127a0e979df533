"""An emulator that judges, with a role of which each test says what it may do."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from local.access.ledger import Refused, Used, read
from tests.support.emulator import running_emulator

REGION = "eu-central-1"
ROLE = "shop-eu-order"
ACCOUNT = "000000000000"


@dataclass(frozen=True)
class Place:
    """The emulator, its ledger, and clients for it."""

    url: str
    ledger_file: Path

    def client(self, service: str, key: str = "local", **config: Any) -> Any:
        make: Any = boto3.Session(key, "local", region_name=REGION).client
        once = Config(retries={"total_max_attempts": 1}, **config)
        return make(service, endpoint_url=self.url, config=once)

    def allow(self, *statements: dict[str, Any]) -> Callable[[str], Any]:
        """Gives the role these rights and no others; what makes clients with them."""
        document = {"Version": "2012-10-17", "Statement": list(statements)}
        iam = self.client("iam")
        iam.put_role_policy(RoleName=ROLE, PolicyName="rights", PolicyDocument=json.dumps(document))
        return lambda service: self.client(service, ROLE)

    def ledger(self) -> tuple[list[Used], list[Refused]]:
        return read(self.ledger_file)


def grant(actions: str | list[str], *resources: str, effect: str = "Allow", **condition: Any) -> dict[str, Any]:
    stated = {"Sid": "Rights", "Effect": effect, "Action": actions, "Resource": list(resources)}
    return stated | ({"Condition": condition} if condition else {})


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    directory = tmp_path_factory.mktemp("emulator")
    with running_emulator(directory, as_on_one_machine=True) as url:
        made = Place(url, directory / "access.jsonl")
        made.client("iam").create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps({"Statement": []}))
        yield made
