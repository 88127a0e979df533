"""A server that was lost with what only it had comes back: it is told from one that follows, and is made to follow."""

import os
import signal
import time
from collections.abc import Iterator

import pytest

from local.machine.aurora import endpoint
from local.machine.aurora.failover import rejoin
from local.machine.aurora.looking import look
from local.machine.aurora.standby import make_standby
from local.machine.aurora.switchover import promote
from local.machine.postgres import SUPERUSER
from local.machine.waiting import wait_until
from tests.support.aurora import READY_SECONDS, Pair, running_pair

LOOKS = 100


@pytest.fixture
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with running_pair(tmp_path_factory.mktemp("pair")) as pair:
        yield pair


def test_it_is_connected_time_and_again_and_yet_does_not_follow_until_it_is_rewound(pair: Pair) -> None:
    source, target = pair.servers.all
    pair.supervisor.rest(target.name)
    with source.connect(SUPERUSER, SUPERUSER) as connection:
        connection.execute("CREATE TABLE lost AS SELECT generate_series(1, 1000) AS number")
        connection.execute("ALTER SYSTEM SET max_wal_senders = 0")  # so that nobody gets anything of it any more
    os.kill(int((source.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    assert wait_until(source.ready, READY_SECONDS)
    pair.supervisor.begin(target.name)
    target.wait_ready()
    os.kill(int((source.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    make_standby(source.data)
    (source.data / "postgresql.auto.conf").write_text("")
    with target.connect(SUPERUSER, SUPERUSER) as connection:
        promote(connection, target.server)
    endpoint.lead(pair.servers.writer, target.server)
    assert wait_until(source.ready, READY_SECONDS), "killed as a writer, it recovers as a standby"

    for _ in range(LOOKS):
        seen = look(source.server)
        assert seen is not None
        assert (seen.writes, seen.follows) == (False, False)
        time.sleep(0.03)

    rejoin(source.server, pair.servers.writer)
    assert wait_until(lambda: (seen := look(source.server)) is not None and seen.follows, READY_SECONDS)
    with source.connect(SUPERUSER, SUPERUSER) as connection:
        assert connection.execute("SELECT to_regclass('lost')").fetchone() == (None,)
