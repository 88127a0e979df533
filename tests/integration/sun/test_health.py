"""What the controller sees of regions through the health checks of the one-machine emulator."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.machine.stand_ins import StandIns
from local.machine.waiting import wait_until
from services.sun.control.checks import Route53Checks
from services.sun.schedule.regions import Health
from tests.support.emulator import STAND_INS, running_emulator

TURN_SECONDS = 60
"""Three checks, ten seconds apart, and room for a busy machine."""


class Edge(ThreadingHTTPServer):
    """A region's edge, which answers what it is told to."""

    status = 200

    def __init__(self) -> None:
        edge = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(edge.status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Answer)


@pytest.fixture
def edge() -> Iterator[Edge]:
    with Edge() as edge:
        threading.Thread(target=edge.serve_forever).start()
        yield edge
        edge.shutdown()


@pytest.fixture
def dns(tmp_path: Path, edge: Edge) -> Iterator[Any]:
    """Route 53, on a machine where only the region eu has an edge."""
    StandIns({"eu.shop.example": f"http://127.0.0.1:{edge.server_port}"}).save(tmp_path / STAND_INS)
    with running_emulator(tmp_path, as_on_one_machine=True) as url:
        session: Any = boto3.Session("local", "local", region_name="eu-west-1")
        yield session.client("route53", endpoint_url=url)


def check(dns: Any, host: str) -> str:
    asked = {"FullyQualifiedDomainName": host, "Port": 443, "ResourcePath": "/health"}
    config = {"Type": "HTTPS", "RequestInterval": 10, "FailureThreshold": 3, **asked}
    return str(dns.create_health_check(CallerReference=host, HealthCheckConfig=config)["HealthCheck"]["Id"])


def test_a_region_that_stops_answering_becomes_sick_and_one_without_an_edge_is_unknown(dns: Any, edge: Edge) -> None:
    eu, apac = check(dns, "eu.shop.example"), check(dns, "apac.shop.example")
    checks = Route53Checks(dns)

    def health(check_id: str) -> Health:
        return checks.health(check_id, datetime.now(UTC))

    assert wait_until(lambda: health(eu) is Health.HEALTHY, TURN_SECONDS)
    assert health(apac) is Health.UNKNOWN
    edge.status = 503
    assert wait_until(lambda: health(eu) is Health.UNHEALTHY, TURN_SECONDS)
    (seen,) = dns.get_health_check_status(HealthCheckId=eu)["HealthCheckObservations"]
    assert seen["StatusReport"]["Status"] == "Failure: HTTP Status Code 503, Service Unavailable"


def test_a_check_that_does_not_exist_has_no_status(dns: Any) -> None:
    with pytest.raises(ClientError):
        dns.get_health_check_status(HealthCheckId="nobody")
