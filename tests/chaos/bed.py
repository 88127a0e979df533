"""The test bed: a real PostgreSQL, the AWS emulator, the CCP, the mail sink, the services as processes, and proxies
between them. The outside systems start once; each scenario gets an empty database, region and cluster of its own.
"""

import itertools
import json
import os
import signal
import sqlite3
import subprocess
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path
from uuid import UUID

import psutil
import urllib3

from local import seed
from local.machine.postgres import DATABASE, OWNER, PORT, Postgres
from local.machine.program import Program
from services.database import schema
from tests.chaos.books import BedBooks
from tests.chaos.clients import Acknowledgements, Customer, Operator
from tests.chaos.mailbox import Mailbox
from tests.chaos.objects import Bucket
from tests.chaos.pods import Pods
from tests.chaos.process import Process
from tests.chaos.proxy import Proxy, Weather
from tests.chaos.region import AWS_REGION, Region, Users, make_region, make_users, token_of
from tests.chaos.run import Run
from tests.chaos.waiting import in_time
from tests.support import postgres
from tests.support.checkout import ROOT
from tests.support.emulator import free_port, running_emulator

START_SECONDS = 30.0
EVIDENCE_SECONDS = 10
"""Longer than a message's visibility: a recorder that died with SES's event in its hands must get it again first."""
SLOWEST_SALE_SECONDS = 60.0
CALM = Weather()
PIPELINE = ("order", "relay", "invoice", "document", "email")
"""What takes an order to its mail."""
ALL = (*PIPELINE, "orchestrator")
"""With the operators' service, where one is needed."""


class Bed:
    """The outside systems, running; made by `running`."""

    def __init__(self, directory: Path, database: Postgres, emulator: str, stack: ExitStack, seed_number: int) -> None:
        self.directory, self.database, self.emulator, self.seed = directory, database, emulator, seed_number
        self.users: Users = make_users(emulator)
        self.ccp, self.ledger = f"http://127.0.0.1:{(port := free_port())}", directory / "ccp.sqlite3"
        self.mailbox = directory / "mails"
        self._outside(stack, "ccp", "--host", "127.0.0.1", "--port", str(port), "--ledger", str(self.ledger))
        front, page = free_port(), free_port()
        self._outside(
            stack, "mail", "--api-host", "127.0.0.1", "--api-port", str(front), "--page-port", str(page),
            "--emulator", emulator, "--store", str(self.mailbox),
        )  # fmt: skip
        for url in (self.ccp, f"http://127.0.0.1:{front}"):
            assert in_time(partial(_answers, url), START_SECONDS), f"{url} does not answer, see {directory}"
        self.aws = stack.enter_context(Proxy(emulator, seed_number))
        self.ses = stack.enter_context(Proxy(f"http://127.0.0.1:{front}", seed_number + 1))
        self.purchases = stack.enter_context(Proxy(self.ccp, seed_number + 2))
        self._restarted: subprocess.Popen[bytes] | None = None
        stack.callback(self._stop_restarted)
        self._numbers = itertools.count(1)
        self._catalogue = _catalogue(self.ccp)

    def _outside(self, stack: ExitStack, name: str, *arguments: str) -> None:
        command = (os.fspath(ROOT / ".venv/bin/python"), "-m", f"local.{name}", *arguments)
        process = Process(Program(name, command, {"PATH": os.defpath, "PYTHONPATH": str(ROOT)}, ROOT), self.directory)
        process.start()
        stack.callback(process.stop)

    @contextmanager
    def run(
        self,
        *,
        crash_points: Mapping[str, int] | None = None,
        root: Path = ROOT,
        services: Collection[str] = PIPELINE,
        replicas: int = 1,
        environment: Mapping[str, str] | None = None,
    ) -> Iterator[Run]:
        """An empty world with the services of the checkout at `root`, some crash points armed in all of them."""
        number = next(self._numbers)
        region = make_region(self.emulator, f"chaos-{os.getpid()}-{number}")
        hits = self.directory / f"hits-{number}"
        hits.mkdir()
        self._empty()
        told = Acknowledgements()
        points = ",".join(f"{point}={times}" for point, times in (crash_points or {}).items())
        logs = self.directory / f"logs-{number}"
        logs.mkdir()
        variables = {
            **self._environment(region),
            "CHAOS_DIRECTORY": str(hits),
            **({"CRASH_POINTS": points} if points else {}),
            **(environment or {}),
        }
        pods = Pods(root, self.database, variables, logs)
        mailbox = Mailbox(self.mailbox, region.name)
        bucket, sold = Bucket(region), _last_sale(self.ledger)
        books = BedBooks(self.database, region, self.ledger, mailbox, bucket, told, sold, logs)
        # Each run signs in anew: a token lasts an hour, a bed longer.
        customers = [Customer(who, self._token(who.email), told) for who in seed.customers()]
        try:
            pods.start(services, replicas=replicas)
            yield Run(self, region, pods, books, customers, Operator(self._token(seed.OPERATOR)), told, hits, self.seed)
        finally:
            pods.stop()
            # A CCP that was slow sells after its callers are dead; the next run must not find that sale.
            in_time(lambda: self.purchases.under_way == 0, SLOWEST_SALE_SECONDS)
            self.aws.weather = self.ses.weather = self.purchases.weather = CALM
            self.purchases.references.clear()
            self.aws.deliveries.clear()
            self.provider({})

    def _token(self, email: str) -> str:
        return token_of(self.emulator, self.users, email)

    def provider(self, switches: Mapping[str, object]) -> None:
        """Turns the CCP's own switches; none means that it behaves."""
        urllib3.request("PUT", f"{self.ccp}/simulator/faults", json={"seed": self.seed, **switches}, timeout=5.0)

    def sell_again(self, order: str, customer: str, amount: int) -> None:
        """Has the CCP sell an order a second time, as one that charges twice would."""
        body = {"serviceId": str(seed.PRODUCT_ID), "amount": amount, "customerId": customer}
        body["subscriptionId"] = next(str(who.subscription_id) for who in seed.customers())
        headers = {"Client-Reference": order, "Idempotency-Key": f"again-{order}"}
        answer = urllib3.request("POST", f"{self.ccp}/create-order", json=body, headers=headers, timeout=5.0)
        assert answer.status == 201, answer.data

    def crash_database(self) -> None:
        """SIGKILL for PostgreSQL's postmaster by its own pid; returns when nothing of it is left."""
        pid = int((Path(self.database.program().directory) / "postmaster.pid").read_text().split()[0])
        below = psutil.Process(pid).children()
        os.kill(pid, signal.SIGKILL)
        psutil.wait_procs([psutil.Process(pid), *below] if psutil.pid_exists(pid) else below, timeout=10)

    def start_database(self) -> None:
        """Starts PostgreSQL again after a crash."""
        program = self.database.program()
        self._restarted = subprocess.Popen(
            program.command,
            env=dict(program.environment),
            cwd=program.directory,
            user=program.user,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.database.wait_ready()

    def _stop_restarted(self) -> None:
        if self._restarted is not None:
            self._restarted.terminate()
            self._restarted.wait(30)

    def _empty(self) -> None:
        with self.database.connect(OWNER) as admin:
            query = """
                SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables
                WHERE schemaname = 'public' AND tablename NOT IN ('alembic_version', 'writer_epoch')
            """
            tables = admin.execute(query).fetchone()
            assert tables is not None
            admin.execute(f"TRUNCATE {tables[0]} RESTART IDENTITY".encode())
            seed.write_rows(admin, self._catalogue, self.users.subjects)

    def _environment(self, region: Region) -> dict[str, str]:
        """What the chart would set for all services together, and what stands in for a pod's identity."""
        return {
            "PATH": os.defpath,
            "HOME": str(self.directory),
            "REGION_NAME": "eu",
            "AWS_REGION": AWS_REGION,
            "LOG_LEVEL": "INFO",
            "DATABASE_HOST": str(self.database.sockets),
            "DATABASE_PORT": str(PORT),
            "DATABASE_NAME": DATABASE,
            "DATABASE_USER": "cloudsales_app",
            "DATABASE_CA_FILE": "/nonexistent",
            "CCP_URL": self.purchases.url,
            "MAIL_EVIDENCE_SECONDS": str(EVIDENCE_SECONDS),
            "AWS_ENDPOINT_URL": self.aws.url,
            "AWS_ENDPOINT_URL_SESV2": self.ses.url,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_EC2_METADATA_DISABLED": "true",
            **self.users.environment,
            **region.environment,
        }


@contextmanager
def running(seed_number: int = 1) -> Iterator[Bed]:
    """A bed that is stopped and removed at the end of the block."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cloud-sales-chaos-")))
        (directory / "emulator").mkdir()
        database = stack.enter_context(postgres.running())
        schema.upgrade(postgres.settings_of(database, owner=True))
        emulator = stack.enter_context(running_emulator(directory / "emulator"))
        yield Bed(directory, database, emulator, stack, seed_number)


def _catalogue(ccp: str) -> list[seed.CatalogueItem]:
    found = json.loads(urllib3.request("GET", f"{ccp}/services", timeout=5.0).data)["services"]
    return [
        seed.CatalogueItem(
            UUID(item["id"]), item["name"], item["description"], Decimal(item["unitPrice"]), item["currency"]
        )
        for item in found
    ]


def _last_sale(ledger: Path) -> int:
    with sqlite3.connect(f"file:{ledger}?mode=ro", uri=True) as connection:
        (last,) = connection.execute("SELECT coalesce(max(sequence), 0) FROM sale").fetchone()
        return int(last)


def _answers(url: str) -> bool:
    try:
        return urllib3.request("GET", f"{url}/healthz", timeout=1.0, retries=False).status == 200
    except urllib3.exceptions.HTTPError:
        return False
