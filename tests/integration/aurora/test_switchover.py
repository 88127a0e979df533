"""The controller's own call moves a real writer, and nobody who was told that a row is kept loses it."""

import time
from collections.abc import Iterator

import pytest

from local.machine.aurora import switchover
from local.machine.aurora.following import renew
from local.machine.aurora.processes import Processes
from local.machine.aurora.standby import SIGNAL
from local.machine.errors import LocalError
from local.machine.programs import ProgramStore
from local.machine.waiting import wait_until
from services.sun.control.ports import Refused
from tests.support.aurora import READY_SECONDS, Pair, Writer, running_pair

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


def test_interrupted_at_its_last_step_it_leaves_nobody_who_writes_rather_than_two(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here by an end before the promotion. The target has everything: a person lets it write, and the rest follows."""

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(switchover, "_promote", end)
    cluster = pair.database.read()
    assert cluster is not None
    source, target = sorted(pair.servers.all, key=lambda server: server.name != f"postgres-{cluster.writer}")
    processes = Processes(ProgramStore(pair.layout).socket)
    with pytest.raises(KeyboardInterrupt):
        switchover.switch(source.server, target.server, processes, pair.servers.writer)
    with pytest.raises(LocalError, match="none is to write"):
        assert pair.servers.leader
    assert target.ready()
    assert not source.ready()

    pair.supervisor.rest(target.name)
    (target.data / SIGNAL).unlink()
    pair.servers.prepare()
    for server in (target, source):
        pair.supervisor.begin(server.name)
    assert wait_until(lambda: pair.ready(target.name.removeprefix("postgres-")), READY_SECONDS)


def test_a_server_that_ended_with_more_than_the_other_got_is_copied_anew(pair: Pair) -> None:
    """What a failover leaves behind: here, that the standby was promoted while the writer still wrote."""
    cluster = pair.database.read()
    assert cluster is not None
    assert cluster.writer is not None
    (standby,) = (server for server in pair.servers.all if server.server.program != f"postgres-{cluster.writer}")
    with standby.connect("postgres", "postgres") as connection:
        connection.execute("SELECT pg_promote()")
    both = pair.database.read()
    assert both is not None
    assert [member.writes for member in both.members] == [True, True]

    renew(standby, pair.servers.writer, pair.supervisor)

    assert wait_until(lambda: pair.ready(cluster.writer or ""), READY_SECONDS)


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
