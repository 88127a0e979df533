"""Two regions of tiny edges, their records in the emulator, and what clients of the front get from them."""

import json
import subprocess
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import urllib3
from botocore.config import Config

from local.front.programs import FOLLOWER, programs
from local.front.routes import routes_file
from local.front.zone import SharedName
from local.machine.layout import Layout
from local.machine.program import Program
from local.machine.stand_ins import StandIns
from local.machine.waiting import wait_until
from tests.support.emulator import STAND_INS, free_port, running_emulator

NAME = "api.shop.example"
WAIT_SECONDS = 60
"""A few seconds are enough; the rest is room for a busy machine."""


class Edge(ThreadingHTTPServer):
    """A region's edge, which remembers what it has carried out; it answers health checks as it is told to."""

    def __init__(self) -> None:
        edge = self
        self.health, self.done = 200, list[str]()

        class Answer(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self.answer(edge.health)

            def do_POST(self) -> None:
                edge.done.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self.answer(201)

            def answer(self, status: int) -> None:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Answer)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@dataclass
class World:
    route53: Any
    zone_id: str
    url: str
    edges: dict[str, Edge]
    routes: Path
    follower_log: Path
    end_emulator: Callable[[], None]

    def weigh(self, weights: dict[str, int]) -> None:
        listed = self.route53.list_resource_record_sets(HostedZoneId=self.zone_id)["ResourceRecordSets"]
        changes = [
            {"Action": "UPSERT", "ResourceRecordSet": {**one, "Weight": weights[one["SetIdentifier"]]}}
            for one in listed
            if "SetIdentifier" in one
        ]
        self.route53.change_resource_record_sets(HostedZoneId=self.zone_id, ChangeBatch={"Changes": changes})

    def shares(self) -> dict[str, int]:
        """Those that Envoy was last given."""
        (given,) = json.loads(self.routes.read_text())["resources"]
        route = given["virtual_hosts"][0]["routes"][0].get("route", {"weighted_clusters": {"clusters": []}})
        return {each["name"]: each["weight"] for each in route["weighted_clusters"]["clusters"]}

    def order(self, http: urllib3.PoolManager, name: str) -> int:
        return int(http.request("POST", f"{self.url}/create-order", body=name.encode(), retries=False).status)

    def got(self, requests: int) -> dict[str, int]:
        """How many of so many requests each region gets."""
        before = self.done()
        with urllib3.PoolManager() as http:
            assert {self.order(http, "any") for _ in range(requests)} == {201}
        return {region: count - before[region] for region, count in self.done().items()}

    def only(self, region: str) -> Callable[[], bool]:
        return lambda: self.got(40)[region] == 40

    def busy(self) -> set[str]:
        """The regions that get something of what others order meanwhile."""
        before = self.done()
        time.sleep(0.3)
        return {region for region, count in self.done().items() if count > before[region]}

    def done(self) -> dict[str, int]:
        return {region: len(edge.done) for region, edge in self.edges.items()}

    def draws(self, shares: dict[str, int]) -> Callable[[], bool]:
        return lambda: self.shares() == shares

    def asks(self, regions: Collection[str]) -> Callable[[], bool]:
        return lambda: self.busy() == set(regions)

    def both(self) -> bool:
        return min(self.got(40).values()) > 0


@contextmanager
def process(program: Program, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    with log.open("wb") as output:
        how: dict[str, Any] = {"cwd": program.directory, "env": program.environment, "stdout": output, "stderr": output}
        started = subprocess.Popen(program.command, **how)
        try:
            yield started
        finally:
            started.terminate()
            started.wait(10)


def make_records(route53: Any, regions: dict[str, Edge]) -> str:
    zone = route53.create_hosted_zone(Name="shop.example", CallerReference="1")["HostedZone"]["Id"]
    for region in regions:
        asked = {"FullyQualifiedDomainName": f"{region}.{NAME}", "Port": 443, "ResourcePath": "/"}
        config = {"Type": "HTTPS", "RequestInterval": 1, "FailureThreshold": 1, **asked}
        check = route53.create_health_check(CallerReference=region, HealthCheckConfig=config)["HealthCheck"]["Id"]
        record = {
            "Name": NAME,
            "Type": "CNAME",
            "TTL": 60,
            "ResourceRecords": [{"Value": f"d-{region}.example"}],
            "SetIdentifier": region,
            "Weight": 128,
            "HealthCheckId": check,
        }
        changes = [{"Action": "CREATE", "ResourceRecordSet": record}]
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    return str(zone).rpartition("/")[2]


@contextmanager
def running_world(directory: Path) -> Iterator[World]:
    """The front as `make up` runs it, led to both regions."""
    port = free_port()
    layout = Layout(Path.cwd(), directory / "state", directory / "run", "127.0.0")
    with ExitStack() as stack:
        edges = {region: stack.enter_context(Edge()) for region in ("eu", "apac")}
        for edge in edges.values():
            threading.Thread(target=edge.serve_forever, daemon=True).start()
            stack.callback(edge.shutdown)
        StandIns({f"{region}.{NAME}": edge.url for region, edge in edges.items()}).save(directory / STAND_INS)
        emulating = stack.enter_context(ExitStack())
        emulator = emulating.enter_context(running_emulator(directory, as_on_one_machine=True))
        session: Any = boto3.Session("local", "local", region_name="us-east-1")
        # AWS has no checks every second; the emulator's are made as they are told.
        route53 = session.client("route53", endpoint_url=emulator, config=Config(parameter_validation=False))
        zone_id = make_records(route53, edges)
        urls = {region: edge.url for region, edge in edges.items()}
        both = programs(layout, port, emulator, SharedName(zone_id, NAME), urls)
        logs = {program.name: directory / f"{program.name}.log" for program in both}
        for program in both:
            stack.enter_context(process(program, logs[program.name]))
        files = (routes_file(layout), logs[FOLLOWER])
        made = World(route53, zone_id, f"http://127.0.0.1:{port}", edges, *files, emulating.close)
        assert wait_until(lambda: ready(made.url), WAIT_SECONDS), [log.read_text() for log in logs.values()]
        yield made


def ready(url: str) -> bool:
    with urllib3.PoolManager(retries=False) as http:
        try:
            return bool(http.request("GET", url).status == 200)
        except urllib3.exceptions.HTTPError:
            return False
