"""The checker of this machine: what turns a check, what is asked when, and what is said of what nobody answers."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.machine.health.asking import Asker, Check
from local.machine.health.checker import Checker
from local.machine.health.standing import Finding, Standing
from local.machine.stand_ins import Server, StandIns
from local.machine.waiting import wait_until

NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
CHECK = Check("eu.shop.example", "/health", 10, 3)
PLACE = "http://127.0.0.1:1"


def finding(well: bool, second: int = 0) -> Finding:
    return Finding(well, "Success: 200" if well else "Failure: 503", NOON + timedelta(seconds=second))


@given(st.booleans(), st.lists(st.booleans(), max_size=40), st.integers(1, 5))
def test_it_turns_after_so_many_in_a_row_and_never_before(first: bool, answers: list[bool], threshold: int) -> None:
    standing, seen, expected = Standing(finding(first)), [first], first
    for second, well in enumerate(answers, 1):
        standing = standing.after(finding(well, second), threshold)
        seen.append(well)
        if len(seen) > threshold and all(one is well for one in seen[-threshold:]):
            expected = well
        assert standing.reported.well is expected
        assert standing.reported.text.startswith("Success" if expected else "Failure")
        assert standing.reported.at == finding(well, second).at, "the time is the latest answer's"


@dataclass
class Town:
    """Endpoints that say what they are told to, and what they were asked."""

    declared: dict[str, Check] = field(default_factory=lambda: {"one": CHECK})
    places: dict[str, str] = field(default_factory=lambda: {CHECK.host: PLACE})
    well: bool = True
    asked: list[tuple[Check, str]] = field(default_factory=list)

    def checker(self) -> Checker:
        return Checker(lambda: self.declared, lambda: self.places, self.ask)

    def ask(self, check: Check, place: str) -> Finding:
        self.asked.append((check, place))
        return finding(self.well, len(self.asked))

    def until(self, true: Callable[[], bool]) -> None:
        assert wait_until(true, 5)


def reported(checker: Checker) -> bool | None:
    standing = checker.standing("one")
    return None if standing is None else standing.reported.well


def test_a_check_is_made_at_its_interval_and_turns_at_its_threshold() -> None:
    town = Town()
    checker = town.checker()

    def asked(times: int, second: int) -> bool:
        checker.round(second)
        return len(town.asked) == times

    for times, second in ((1, 0), (1, 9), (2, 10), (2, 19), (3, 20)):
        town.until(partial(asked, times, second))
    town.until(lambda: reported(checker) is True)
    town.well = False
    for times, second in ((4, 30), (5, 40), (6, 50)):
        assert reported(checker) is True
        town.until(partial(asked, times, second))
    town.until(lambda: reported(checker) is False)
    assert set(town.asked) == {(CHECK, PLACE)}


def test_of_a_host_that_nobody_plays_nothing_is_known() -> None:
    town = Town(places={})
    checker = town.checker()
    checker.round(0)
    assert reported(checker) is None
    assert not town.asked


def test_what_was_found_is_forgotten_with_the_question() -> None:
    town = Town()
    checker = town.checker()
    checker.round(0)
    town.until(lambda: reported(checker) is True)
    town.declared["one"] = Check(CHECK.host, "/elsewhere", 10, 3)
    assert reported(checker) is None


def test_a_silent_endpoint_is_not_asked_again_before_it_has_failed() -> None:
    town, answer = Town(), threading.Event()
    asked = []

    def ask(check: Check, _: str) -> Finding:
        asked.append(check)
        answer.wait(5)
        return finding(well=False)

    checker = Checker(lambda: town.declared, lambda: town.places, ask)
    for second in (0, 10, 20):
        checker.round(second)
    assert len(asked) <= 1
    answer.set()
    town.until(lambda: reported(checker) is False)


@pytest.mark.parametrize(
    "config",
    [
        {"Type": "TCP", "FullyQualifiedDomainName": "a"},
        {"Type": "HTTPS_STR_MATCH", "FullyQualifiedDomainName": "a"},
        {"Type": "HTTP", "IPAddress": "192.0.2.1"},
    ],
)
def test_what_is_not_understood_is_not_asked(config: dict[str, str]) -> None:
    assert Check.of(config) is None


@pytest.mark.parametrize(("status", "well"), [(200, True), (302, True), (404, False), (503, False)])
def test_an_endpoint_is_asked_in_its_own_name(status: int, well: bool) -> None:
    hosts = []

    class Endpoint(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hosts.append((self.headers["Host"], self.path))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Endpoint) as server:
        threading.Thread(target=server.handle_request).start()
        found = Asker()(CHECK, f"http://127.0.0.1:{server.server_port}")
    assert (found.well, hosts) == (well, [("eu.shop.example", "/health")])
    assert found.text.startswith(f"{'Success' if well else 'Failure'}: HTTP Status Code {status}, ")


def test_nobody_there_is_a_failure() -> None:
    found = Asker()(CHECK, PLACE)
    assert not found.well
    assert found.text.startswith("Failure: ")


def test_who_answers_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "stand-ins.json"
    assert StandIns.load(path) == StandIns()
    told = StandIns(
        {"eu.shop.example": PLACE}, {"arn": Server("postgres", "/run/a", "/data", "/bin", "/run/s")}, "/run/w"
    )
    told.save(path)
    assert StandIns.load(path) == told


def test_what_an_older_version_wrote_names_nobody(tmp_path: Path) -> None:
    path = tmp_path / "stand-ins.json"
    path.write_text('{"hosts": {}, "servers": {"arn": {"socket": "/run/a"}}}')
    assert StandIns.load(path) == StandIns()
