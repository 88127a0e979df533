"""The services as real processes, each brought back whenever it dies, as a cluster would.

A dead process leaves leases behind that only time takes away. Here time is made to pass: between the death and the
return of a pod, the leases that its service holds are let run out. Nothing else of the recovery is helped along.
"""

import itertools
import threading
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

import psycopg
import urllib3

from local.machine.postgres import OWNER, Postgres
from services.registry import SERVICES, Role, Service
from tests.chaos.forks import Forked, Nursery
from tests.chaos.waiting import in_time
from tests.support.emulator import free_port

READY_SECONDS = 40.0
GRACE_SECONDS = 35.0
"""What the chart lets a pod finish its work in."""
WATCH_SECONDS = 0.05

_TIME_PASSES = (
    "UPDATE inbox SET lease_until = now() WHERE consumer = %(service)s AND finished_at IS NULL",
    # Deaths follow each other here faster than leases would end, so what they cut short is no attempt.
    """
    UPDATE sales_order SET leased_until = now(), ccp_attempts = greatest(1, ccp_attempts - 1)
    WHERE %(service)s = 'order' AND state = 'RESERVED'
    """,
    # The first attempt counts even so: after it the CCP is searched before it is asked.
    """
    UPDATE licence_change SET leased_until = now(), ccp_attempts = greatest(least(ccp_attempts, 1), ccp_attempts - 1)
    WHERE %(service)s = 'licensing' AND state IN ('RESERVED', 'CONFIRMED')
    """,
)


class Pod:
    """One process of one service."""

    def __init__(self, service: Service, number: int, root: Path, environment: Mapping[str, str], logs: Path) -> None:
        self.service = service.name
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        own = {"SERVICE_NAME": service.name, "POD_IP": "127.0.0.1", "PORT": str(port)}
        self.process = Forked(f"{service.name}-{number}", service.command[3:], {**environment, **own}, root, logs)
        self.leaving = False
        self._web = service.role is Role.WEB
        self._children: frozenset[int] = frozenset()

    def ready(self) -> bool:
        """Whether it says that it can work."""
        try:
            return urllib3.request("GET", f"{self.url}/readyz", timeout=1.0, retries=False).status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def died(self) -> bool:
        """Whether it has ended, or a web server's worker below it, since the last look."""
        children = self.process.children() if self._web else frozenset()
        lost = bool(self._children - children)
        self._children = frozenset() if lost else children
        return lost or not self.process.running()


class Pods:
    """All services; from entering the block to leaving it every dead pod is replaced."""

    def __init__(self, root: Path, database: Postgres, environment: Mapping[str, str], logs: Path) -> None:
        self._root, self._database, self._environment, self._logs = root, database, environment, logs
        self._pods: list[Pod] = []
        self._stopping = threading.Event()
        self._watch: threading.Thread | None = None
        self._changing = threading.Lock()
        self._turns = itertools.count()
        self.kills = 0

    def start(self, chosen: Collection[str], *, replicas: int = 1) -> None:
        """Starts the chosen services and returns when all are ready."""
        self._stopping.clear()
        self._pods = [
            Pod(service, number, self._root, self._environment, self._logs)
            for service in SERVICES
            if service.role is not Role.MIGRATE and service.name in chosen
            for number in range(replicas)
        ]
        started = threading.Event()
        self._watch = threading.Thread(target=self._run, args=(started,), name="cluster", daemon=True)
        self._watch.start()
        started.wait()
        until = time.monotonic() + READY_SECONDS
        for pod in self._pods:
            while not pod.ready():
                assert time.monotonic() < until, f"{pod.process.name} is not ready, see {self._logs}"
                time.sleep(0.05)

    def url(self, service: str, number: int = 0) -> str:
        """Where one pod of a service listens."""
        return [pod.url for pod in self._pods if pod.service == service][number]

    def next_url(self, service: str) -> str:
        """Where the pods of a service listen, one after the other."""
        urls = [pod.url for pod in self._pods if pod.service == service]
        return urls[next(self._turns) % len(urls)]

    def kill(self, index: int) -> str:
        """SIGKILL for one pod, counted round and round; its name."""
        pod = self._pods[index % len(self._pods)]
        with self._changing:
            pod.process.kill()
            self.kills += 1
        return pod.process.name

    def roll(self) -> list[str]:
        """SIGTERM for one pod after the other, each with its successor awaited; the first that leaves too late."""
        for pod in self._pods:
            pod.leaving = True
            pod.process.terminate()
            if not in_time(partial(_has_left, pod), GRACE_SECONDS):
                return [pod.process.name]
            in_time(pod.ready, READY_SECONDS)
        return []

    def time_passes(self, service: str) -> None:
        """Lets run out what the service has leased, and what it has put off."""
        with self._database.connect(OWNER) as connection:
            for statement in _TIME_PASSES:
                connection.execute(statement, {"service": service})

    def stop(self) -> None:
        """Ends every pod, in an orderly way where that works."""
        self._stopping.set()
        if self._watch is not None:
            self._watch.join()
        self._watch = None
        self._pods = []

    def _run(self, started: threading.Event) -> None:
        """All starting and stopping happens in this thread, on whose life the leashes hang."""
        nursery = Nursery(self._root, self._logs)
        try:
            for pod in self._pods:
                pod.process.start(nursery)
            started.set()
            while not self._stopping.wait(WATCH_SECONDS):
                for pod in self._pods:
                    with self._changing:
                        if pod.died():
                            self._replace(pod, nursery)
            for pod in self._pods:
                pod.process.kill()
        finally:
            started.set()
            nursery.close()

    def _replace(self, pod: Pod, nursery: Nursery) -> None:
        """A pod dies as a whole: what is left of it goes before its leases run out and another one starts.

        One that was asked to leave has given its leases back by itself.
        """
        pod.process.kill()
        if not pod.leaving:
            with suppress(psycopg.OperationalError):
                self.time_passes(pod.service)
        pod.leaving = False
        pod.process.start(nursery)


def _has_left(pod: Pod) -> bool:
    return not pod.leaving
