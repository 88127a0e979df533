"""A Pulumi engine, an emulator and a place for the state."""

import gc
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from local.host import Cloud
from tests.support.emulator import running_emulator
from tests.support.engine import home

Aws = Callable[..., Any]


@pytest.fixture(scope="package", autouse=True)
def pulumi() -> None:
    """Skips without the engine: it takes Go and some minutes to build."""
    if home() is None:
        pytest.skip("there is no `pulumi`: `make engine` builds it")


@pytest.fixture(autouse=True)
def forget_the_program() -> Iterator[None]:
    """Drops what is left of a program that the engine ended: the SDK's language server never finishes its coroutine."""
    yield
    gc.collect()


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with running_emulator(tmp_path_factory.mktemp("emulator")) as url:
        yield Cloud(url, "/run/database", 5432, "http://127.0.0.1:8080")


@pytest.fixture(scope="module")
def aws(cloud: Cloud) -> Aws:
    """Clients that look at the emulator on their own."""
    session: Any = boto3.Session("local", "local")

    def client(service: str, region: str = "eu-west-1") -> Any:
        return session.client(service, region_name=region, endpoint_url=cloud.emulator)

    return client
