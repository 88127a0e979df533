"""The controller's own call moves a real writer, and nobody who was told that a row is kept loses it."""

import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from local.machine.aurora import switchover
from local.machine.aurora.failover import rejoin
from local.machine.aurora.standby import SIGNAL
from local.machine.errors import LocalError
from local.machine.waiting import wait_until
from services.sun.control.ports import Refused
from tests.support.aurora import READY_SECONDS, REGIONS, WHOLE, Pair, Writer, running_pair

SWITCHES = 5


@pytest.fixture(scope="module", params=[False, True], ids=["asynchronous", "synchronous"])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with running_pair(tmp_path_factory.mktemp("pair"), synchronous=request.param) as pair:
        yield pair


def test_switched_to_and_fro_while_somebody_writes_it_keeps_every_row(pair: Pair) -> None:
    source, target = "eu", "apac"
    with Writer(pair.servers.writer) as writer:
        for _ in range(SWITCHES):
            before = len(writer.acknowledged)
            pair.switch(source, target)
            assert wait_until(lambda before=before: len(writer.acknowledged) > before, READY_SECONDS)  # type: ignore[misc]
            source, target = target, source
            time.sleep(0.2)
    numbers = {number for number, _ in writer.acknowledged}
    assert len(numbers) > SWITCHES * 10
    assert numbers <= writer.kept()
    assert pair.ready(source)


def test_how_far_the_standby_is_behind_is_known_to_the_controller(pair: Pair) -> None:
    cluster = pair.database.read()
    assert cluster is not None
    source, target = sorted(pair.servers.all, key=lambda server: server.name != f"postgres-{cluster.writer}")
    region = target.name.removeprefix("postgres-")

    def lag() -> timedelta:
        return pair.database.lag(region, datetime.now(UTC)) or timedelta()

    assert wait_until(lambda: pair.database.lag(region, datetime.now(UTC)) is not None, READY_SECONDS)
    with target.connect("postgres", "postgres") as there, source.connect("postgres", "postgres") as here:
        there.execute("SELECT pg_wal_replay_pause()")
        before = lag()
        here.execute("CREATE TABLE late (number int)")
        assert wait_until(lambda: lag() > before + timedelta(seconds=1), READY_SECONDS)
        there.execute("SELECT pg_wal_replay_resume()")
        here.execute("DROP TABLE late")


def test_interrupted_at_its_last_step_it_leaves_nobody_who_writes_rather_than_two(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here by an end before the promotion. The target has everything: a person lets it write, and the rest follows."""

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(switchover, "promote", end)
    cluster = pair.database.read()
    assert cluster is not None
    source, target = sorted(pair.servers.all, key=lambda server: server.name != f"postgres-{cluster.writer}")
    with pytest.raises(KeyboardInterrupt):
        switchover.switch(source.server, target.server, pair.servers.writer)
    with pytest.raises(LocalError, match="none is to write"):
        _ = pair.servers.leader
    assert target.ready()
    assert not source.ready()

    pair.supervisor.rest(target.name)
    (target.data / SIGNAL).unlink()
    pair.servers.prepare()
    for server in (target, source):
        pair.supervisor.begin(server.name)
    assert wait_until(lambda: pair.ready(target.name.removeprefix("postgres-")), READY_SECONDS)


def test_two_that_write_are_shown_as_two_and_one_of_them_can_be_brought_back(pair: Pair) -> None:
    """As somebody does who promotes the standby by hand, while the writer still writes."""
    cluster = pair.database.read()
    assert cluster is not None
    assert cluster.writer is not None
    (standby,) = (server for server in pair.servers.all if server.server.program != f"postgres-{cluster.writer}")
    with standby.connect("postgres", "postgres") as connection:
        connection.execute("SELECT pg_promote()")
    both = pair.database.read()
    assert both is not None
    assert [member.writes for member in both.members] == [True, True]

    rejoin(standby.server, pair.servers.writer)

    assert wait_until(lambda: pair.ready(cluster.writer or ""), READY_SECONDS)


def test_a_writer_that_is_given_up_loses_what_only_it_had_and_follows_the_other(pair: Pair) -> None:
    cluster = pair.database.read()
    assert cluster is not None
    source, target = sorted(pair.servers.all, key=lambda server: server.name != f"postgres-{cluster.writer}")
    region = target.name.removeprefix("postgres-")
    pair.supervisor.rest(target.name)
    with source.connect("postgres", "postgres") as connection:
        connection.execute(
            "SET synchronous_commit = local"
        )  # else a synchronous one would wait for ever, and lose none
        connection.execute("CREATE TABLE lost AS SELECT generate_series(1, 1000) AS number")
        connection.execute("ALTER SYSTEM SET max_wal_senders = 0")  # from its next start on nobody gets anything of it
    os.kill(int((source.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    assert wait_until(source.ready, READY_SECONDS)
    pair.supervisor.begin(target.name)
    assert wait_until(target.ready, READY_SECONDS)

    rds = pair.client("rds", REGIONS[region])
    arn = next(member.arn for member in cluster.members if member.region == region)
    rds.failover_global_cluster(GlobalClusterIdentifier=WHOLE, TargetDbClusterIdentifier=arn, AllowDataLoss=True)

    assert wait_until(lambda: pair.ready(region), READY_SECONDS), pair.database.read()
    for server in pair.servers.all:
        with server.connect("postgres", "postgres") as connection:
            assert connection.execute("SELECT to_regclass('lost')").fetchone() == (None,)


def test_a_writer_is_not_moved_to_one_that_does_not_follow(pair: Pair) -> None:
    """Asked for, RDS begins; it ends where it was."""
    cluster = pair.database.read()
    assert cluster is not None
    source = cluster.writer or ""
    (target,) = (member.region for member in cluster.members if not member.writes)
    pair.supervisor.rest(f"postgres-{target}")
    seen = pair.database.read()
    assert seen is not None
    assert {member.region: member.status for member in seen.members} == {source: "available", target: "failed"}
    try:
        pair.database.switch(source, target)
        assert wait_until(lambda: bool((told := pair.database.read()) and told.settled), READY_SECONDS)
        after = pair.database.read()
        assert after is not None
        assert after.writer == source
        with pytest.raises(Refused):
            pair.database.switch(target, source)
    finally:
        pair.supervisor.begin(f"postgres-{target}")
    assert wait_until(lambda: pair.ready(source), READY_SECONDS)
