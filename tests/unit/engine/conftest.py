"""A plugin as the engine sees it: behind gRPC, beside an emulator."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from local.engine.faults import FaultsAsStatus
from local.engine.plugin import Plugin
from local.host import Cloud
from local.host.wire import to_struct
from tests.support.emulator import running_emulator


@pytest.fixture(scope="session")
def emulator_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_emulator(tmp_path_factory.mktemp("emulator")) as url:
        yield url


@pytest.fixture
def provider(emulator_url: str) -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
    """The engine's end of a configured plugin for AWS."""
    cloud = Cloud(emulator_url, "/run/database", 5432, "http://127.0.0.1:8080")
    server = grpc.server(ThreadPoolExecutor(4), interceptors=[FaultsAsStatus()])
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Plugin("aws", cloud), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        stub.Configure(provider_pb2.ConfigureRequest(args=region("eu-west-1")))
        yield stub
    server.stop(None)


def region(name: str) -> struct_pb2.Struct:
    return to_struct({"region": name})
