"""A global database of two regions on this machine: real servers, RDS before them, and somebody who writes to them."""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import boto3
import psycopg

from local.machine.aurora.following import WRITER, Servers
from local.machine.emulator import Emulator
from local.machine.layout import Layout, layout_of
from local.machine.postgres import PORT, SUPERUSER
from local.machine.privileges import database_home, make_private
from local.machine.stand_ins import StandIns
from local.machine.supervisor import Supervisor
from local.machine.waiting import wait_until
from services.sun.control.database import GlobalDatabase

WHOLE = "shop"
REGIONS = {"eu": "eu-west-1", "apac": "ap-southeast-1"}
ENGINE = {"Engine": "aurora-postgresql", "EngineVersion": "16.8"}
PAUSE_SECONDS = 0.002
READY_SECONDS = 30


class Pair:
    """Both servers, the emulator, and the controller's own sight of them."""

    def __init__(self, layout: Layout, supervisor: Supervisor, servers: Servers) -> None:
        self.layout, self.supervisor, self.servers = layout, supervisor, servers
        self.emulator = Emulator(layout)
        self.database = GlobalDatabase(
            self.client, self.client, WHOLE, REGIONS["eu"], {aws_region: name for name, aws_region in REGIONS.items()}
        )

    def client(self, service: str, region: str, key: str = "local", **further: Any) -> Any:
        make: Any = boto3.client
        keys = {"aws_access_key_id": key, "aws_secret_access_key": "local"}
        return make(service, region_name=region, endpoint_url=self.emulator.endpoint, **keys, **further)

    def begin(self) -> None:
        """The first server, its copy, and RDS's knowledge of both."""
        self.servers.prepare()
        self.supervisor.start([self.servers.leader.program(), self.emulator.program()])
        self.servers.leader.wait_ready()
        self.servers.copy_missing()
        self.supervisor.start([*(server.program() for server in self.servers.all), self.emulator.program()])
        self.emulator.wait_ready()
        self.client("rds", REGIONS["eu"]).create_global_cluster(GlobalClusterIdentifier=WHOLE, **ENGINE)
        arns = [self._member(name, aws_region) for name, aws_region in REGIONS.items()]
        StandIns(
            servers=dict(zip(arns, (server.server for server in self.servers.all), strict=True)),
            writer=str(self.servers.writer),
        ).save(self.emulator.stand_ins)
        assert wait_until(lambda: self.ready("eu"), READY_SECONDS), self.database.read()

    def _member(self, name: str, aws_region: str) -> str:
        rds, cluster = self.client("rds", aws_region), f"{WHOLE}-{name}"
        made = rds.create_db_cluster(
            DBClusterIdentifier=cluster, GlobalClusterIdentifier=WHOLE, EnableHttpEndpoint=True, **ENGINE
        )
        rds.create_db_instance(
            DBInstanceIdentifier=f"{cluster}-1",
            DBClusterIdentifier=cluster,
            Engine=ENGINE["Engine"],
            DBInstanceClass="db.r8g.large",
        )
        return str(made["DBCluster"]["DBClusterArn"])

    def ready(self, writer: str) -> bool:
        """Whether that region writes, and the other one follows it."""
        cluster = self.database.read()
        return (
            cluster is not None
            and (cluster.writer, cluster.settled) == (writer, True)
            and all(member.synchronised and member.status == "available" for member in cluster.members)
        )

    def switch(self, source: str, target: str) -> None:
        """As the controller does, and until both are as they should be."""
        self.database.read()
        self.database.switch(source, target)
        assert wait_until(lambda: self.ready(target), READY_SECONDS), self.database.read()


class Writer:
    """Writes numbers, one in each transaction, through the endpoint."""

    def __init__(self, endpoint: Path) -> None:
        self._endpoint, self._ended = endpoint, threading.Event()
        self._thread = threading.Thread(target=self._write)
        self.acknowledged: list[tuple[int, float]] = []
        """The numbers, and when each was known to be kept."""

    def __enter__(self) -> "Writer":
        with self._connected() as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS written (number int PRIMARY KEY)")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def kept(self) -> set[int]:
        """What the database has."""
        with self._connected() as connection:
            return {number for (number,) in connection.execute("SELECT number FROM written")}

    def longest_pause(self, since: float) -> float:
        """In seconds, between two numbers that were acknowledged since then."""
        times = [at for _, at in self.acknowledged if at >= since]
        return max((later - earlier for earlier, later in pairwise(times)), default=0.0)

    def _write(self) -> None:
        number = 0
        while not self._ended.is_set():
            try:
                with self._connected() as connection:
                    while not self._ended.is_set():
                        number += 1  # one of which nothing was heard is never tried again
                        connection.execute("INSERT INTO written VALUES (%s)", (number,))
                        self.acknowledged.append((number, time.monotonic()))
            except psycopg.OperationalError:
                time.sleep(PAUSE_SECONDS)

    def _connected(self) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self._endpoint), port=PORT, user=SUPERUSER, dbname=SUPERUSER, autocommit=True, connect_timeout=2
        )


@contextmanager
def running_pair(root: Path, *, synchronous: bool = False) -> Iterator[Pair]:
    """A pair whose files lie in that directory; all of it ends with the block."""
    layout = layout_of(root)
    make_private(layout)
    pair = Pair(
        layout,
        Supervisor(layout),
        Servers(layout.runtime / WRITER, dict.fromkeys(REGIONS, layout), synchronous=synchronous),
    )
    try:
        pair.begin()
        yield pair
    finally:
        pair.supervisor.stop()
        shutil.rmtree(layout.runtime)
        if base := database_home(layout).base:
            shutil.rmtree(base, ignore_errors=True)
