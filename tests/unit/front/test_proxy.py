"""The front as a client meets it: a real Envoy before tiny edges, with routes that the test writes."""

import http.client
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.cluster.edge.backends import Backend, Entry
from local.cluster.edge.config import edge_config
from local.cluster.edge.gateway import Operation
from local.cluster.places import write
from local.front.envoy import front_config
from local.front.programs import FLUSHED
from local.front.routes import route_document
from local.machine.waiting import wait_until
from tests.unit.cluster.envoy import LIMIT_SECONDS, Upstream, ask, free_port, running, upstream

ANSWERS: Mapping[str, tuple[int, Any]] = {
    "/orders/1?full=yes": (200, {"order": 1}),
    "/busy": (503, {"edge": "says so"}),
    "/cut": (0, None),
    "/odd%2Fpath//here": (200, {}),
    "/address": (200, {}),
}
ADDRESSES = ("127.0.0.1", "127.0.0.9")


@dataclass
class World:
    """A front before the regions eu and apac, of which no edge listens for the third, us."""

    url: str
    routes: Path
    log: Path
    eu: Upstream
    apac: Upstream

    def lead(self, shares: dict[str, int]) -> None:
        """Returns once the shares are in force."""
        write(self.routes, route_document(shares))
        wanted: set[str | None] = {*shares} or {None}
        assert wait_until(lambda: self._asked(8 * len(wanted)) == wanted, LIMIT_SECONDS)

    def _asked(self, times: int) -> set[str | None]:
        """The regions to which so many requests are led."""
        before = len(self.lines())
        for _ in range(times):
            ask(f"{self.url}/orders/1?full=yes")
        assert wait_until(lambda: len(self.lines()) >= before + times, LIMIT_SECONDS)
        return {line["region"] for line in self.lines()[before:]}

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def last(self, path: str) -> dict[str, Any]:
        """The line of the last request for the path, which is written down a moment after its answer."""
        assert wait_until(lambda: any(line["path"] == path for line in self.lines()), LIMIT_SECONDS)
        return [line for line in self.lines() if line["path"] == path][-1]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    directory, port = tmp_path_factory.mktemp("front"), free_port()
    routes = directory / "routes.json"
    write(routes, route_document({}))
    with upstream(dict(ANSWERS)) as eu, upstream(dict(ANSWERS)) as apac:
        places = {"eu": eu.port, "apac": apac.port, "us": free_port()}
        edges = {region: f"http://127.0.0.1:{place}" for region, place in places.items()}
        with running(front_config(("127.0.0.1", port), edges, routes), port, directory, *FLUSHED) as url:
            yield World(url, routes, directory / "edge.log", eu, apac)


def test_where_the_name_has_no_records_clients_are_told_to_come_back(world: World) -> None:
    world.lead({})
    answer = ask(f"{world.url}/orders/1?full=yes", "POST", body=b"{}")
    assert answer.problem() == (503, "unavailable")
    assert answer.headers["retry-after"] == "5"


def test_requests_are_drawn_by_the_weights(world: World) -> None:
    world.lead({"eu": 192, "apac": 64})
    before = Counter(eu=len(world.eu.seen), apac=len(world.apac.seen))
    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(ask, [f"{world.url}/orders/1?full=yes"] * 400))
    assert {answer.status for answer in answers} == {200}
    got = len(world.eu.seen) - before["eu"], len(world.apac.seen) - before["apac"]
    assert sum(got) == 400
    assert 245 < got[0] < 355, "300 are expected; six standard deviations to both sides"


def test_what_is_asked_and_answered_passes_as_it_is(world: World) -> None:
    world.lead({"eu": 1})
    answer = ask(
        f"{world.url}/odd%2Fpath//here", "PUT", "token", b"{}", X_Request_Id="mine", If_Match='"3"', Idempotency_Key="k"
    )
    assert answer.status == 200
    assert {"server", "x-envoy-upstream-service-time"} & answer.headers.keys() == {"server"}
    assert answer.headers["server"].startswith("BaseHTTP"), "the edge's own word"
    (method, path, headers) = world.eu.seen[-1]
    assert (method, path) == ("PUT", "/odd%2Fpath//here")
    kept = {name: headers[name] for name in ("authorization", "x-request-id", "if-match", "idempotency-key", "host")}

    assert kept == {
        "authorization": "Bearer token",
        "x-request-id": "mine",
        "if-match": '"3"',
        "idempotency-key": "k",
        "host": world.url.removeprefix("http://"),
    }


def test_what_a_client_says_of_its_way_here_counts_for_nothing(world: World) -> None:
    world.lead({"eu": 1})
    assert ask(f"{world.url}/address", x_forwarded_proto="https", x_envoy_internal="true").status == 200
    headers = world.eu.seen[-1][2]
    assert (headers["x-forwarded-proto"], headers["x-forwarded-for"]) == ("http", "127.0.0.1")
    assert "x-envoy-internal" not in headers


def test_an_edge_s_own_503_stays_its_own(world: World) -> None:
    world.lead({"eu": 1})
    answer = ask(f"{world.url}/busy")
    assert (answer.status, answer.document) == (503, {"edge": "says so"})


def test_a_region_that_is_gone_and_still_drawn_is_a_503_to_come_back_from(world: World) -> None:
    world.lead({"us": 1})
    answer = ask(f"{world.url}/orders/1?full=yes", "POST", body=b"{}")
    assert answer.problem() == (503, "unavailable")
    assert answer.headers["retry-after"] == "5"


def test_what_may_have_been_carried_out_is_not_sent_again(world: World) -> None:
    world.lead({"eu": 1})
    asked = {"x_envoy_retry_on": "5xx,reset", "x_envoy_max_retries": "3"}
    for method in ("POST", "GET"):
        answer = ask(f"{world.url}/cut", method, body=b"{}" if method == "POST" else None, **asked)
        assert answer.problem() == (503, "unavailable")
    assert len(world.eu.requests("/cut")) == 2
    assert not world.apac.requests("/cut")


def test_each_request_has_a_line(world: World) -> None:
    world.lead({"eu": 1})
    ask(f"{world.url}/nothing?token=secret")
    line = world.last("/nothing")
    assert line.keys() == {"time", "region", "method", "path", "status", "milliseconds", "details"}
    assert (line["region"], line["method"], line["status"], line["details"]) == ("eu", "GET", 404, "via_upstream")
    assert time.strptime(line["time"], "%Y-%m-%dT%H:%M:%S.%fZ")
    assert "secret" not in world.log.read_text()


def test_an_edge_behind_the_front_sees_the_client_s_address(world: World, tmp_path: Path) -> None:
    told = (("x-client-address", "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"),)
    operations = (Operation("GET", "/address", None, told),)
    port, before = free_port(), free_port()
    routes = tmp_path / "routes.json"
    write(routes, route_document({"eu": 1}))
    with upstream(dict(ANSWERS)) as pod:
        entry = Entry("/*", Backend("order:80", (pod.address,), None))
        edge = edge_config(operations, [entry], [], ("127.0.0.1", port), ("127.0.0.1", 1), proxies=1)
        with running(edge, port, tmp_path) as url:
            front = front_config(("127.0.0.1", before), {"eu": url}, routes)
            (tmp_path / "front").mkdir()
            with running(front, before, tmp_path / "front"):
                for address in ADDRESSES:
                    client = http.client.HTTPConnection("127.0.0.1", before, source_address=(address, 0))
                    client.request("GET", "/address", headers={"X-Forwarded-For": "10.1.2.3"})
                    assert client.getresponse().status == 200
                    client.close()
        assert [seen["x-client-address"] for seen in pod.requests("/address")] == list(ADDRESSES)
