"""The shop, a small program of its own, and an emulator to realise it in."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from local.host import Cloud, verdict
from policies.judge import Judgement
from tests.support.emulator import running_emulator

PROGRAMS = Path(__file__).parent / "programs"
SHOP = PROGRAMS / "shop"


@pytest.fixture(scope="session")
def emulator_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_emulator(tmp_path_factory.mktemp("emulator")) as url:
        yield url


@pytest.fixture
def cloud(emulator_url: str, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """A cloud whose policies have nothing against the shop."""
    monkeypatch.setattr(verdict, "judgement", lambda *_: Judgement((), ()))
    return Cloud(emulator_url, "/run/database", 5432, "http://127.0.0.1:8080")


@pytest.fixture
def aws(emulator_url: str) -> Callable[[str], Any]:
    """Clients that look at the emulator on their own."""
    session: Any = boto3.Session("local", "local", region_name="eu-west-1")

    def client(service: str, region: str = "eu-west-1") -> Any:
        return session.client(service, region_name=region, endpoint_url=emulator_url)

    return client
