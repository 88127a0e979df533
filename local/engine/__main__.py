"""Serves a package's resources to the engine that started this process: `python -m local.engine aws [...]`."""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from local.engine.faults import FaultsAsStatus
from local.engine.plugin import Plugin
from local.host.cloud import Cloud

# Independent resources are made at the same time; more would only wait for the emulator.
THREADS = 16

plugin = Plugin(sys.argv[1], Cloud(**json.loads(os.environ["LOCAL_CLOUD"])))
server = grpc.server(ThreadPoolExecutor(THREADS), interceptors=[FaultsAsStatus()])
provider_pb2_grpc.add_ResourceProviderServicer_to_server(plugin, server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, flush=True)  # how a plugin says that it is ready
server.wait_for_termination()
