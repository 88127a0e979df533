"""The resources that something beside the emulator plays: the database server and the edge proxy.

What RDS knows of the database the emulator says all the same; here is only where it answers.
"""

from collections.abc import Callable, Mapping
from typing import Any

from local.host.cloud import Cloud

PLAYERS: Mapping[str, Callable[[Cloud], dict[str, Any]]] = {
    "aws:apigatewayv2/api:Api": lambda cloud: {"apiEndpoint": cloud.api_url},
    "aws:apigatewayv2/stage:Stage": lambda cloud: {"invokeUrl": f"{cloud.api_url}/"},
    "aws:rds/globalCluster:GlobalCluster": lambda cloud: {"endpoint": cloud.database_host},
    "aws:rds/cluster:Cluster": lambda cloud: {
        "endpoint": cloud.database_host,
        "readerEndpoint": cloud.database_host,
        "port": cloud.database_port,
    },
}
