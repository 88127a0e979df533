"""The CCP's simulator as its own process on a free port of the loopback, and what a test turns and reads there."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import urllib3

ROOT = Path(__file__).parents[2]
START_SECONDS = 30.0


class Simulator:
    """A running simulator."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = urllib3.PoolManager(retries=False)

    def misbehave(self, **switches: object) -> None:
        """Sets all switches; those not named are off."""
        answer = self._http.request("PUT", f"{self.url}/simulator/faults", json=switches)
        assert answer.status == 200, answer.data

    def behave(self) -> None:
        """Turns every fault off."""
        self.misbehave()

    def sell(self, service_id: UUID, amount: int, reference: str | None) -> str:
        """Sells without the product's doing; the transaction."""
        order = {
            "serviceId": str(service_id),
            "amount": amount,
            "subscriptionId": "6a1fd3a5-2f6a-4d0a-8a3e-0d1b1c8c3b11",
            "customerId": "0b0f6a38-3c53-4c4f-9d3c-1d4d1a7f3c10",
        }
        headers = {} if reference is None else {"Client-Reference": reference}
        answer = self._http.request("POST", f"{self.url}/create-order", json=order, headers=headers)
        assert answer.status == 201, answer.data
        return str(answer.json()["transactionId"])

    def sales(self) -> list[dict[str, Any]]:
        """The whole ledger, the oldest first."""
        found: list[dict[str, Any]] = []
        cursor: int | None = 0
        while cursor is not None:
            page = self._http.request("GET", f"{self.url}/sales?limit=500&cursor={cursor}").json()
            found += page["sales"]
            cursor = page["next"]
        return found

    def live(self) -> list[dict[str, Any]]:
        """The sales that were not cancelled."""
        return [sale for sale in self.sales() if sale["cancelledAt"] is None]

    def changes(self, reference: str | None = None) -> list[dict[str, Any]]:
        """The changes of licences, the oldest first; all, or those of one reference."""
        found: list[dict[str, Any]] = []
        cursor: int | None = 0
        chosen = "" if reference is None else f"&reference={reference}"
        while cursor is not None:
            page = self._http.request("GET", f"{self.url}/changes?limit=500&cursor={cursor}{chosen}").json()
            found += page["changes"]
            cursor = page["next"]
        return found

    def give_back(self, request: dict[str, object]) -> None:
        """Takes licences back without the product's doing."""
        answer = self._http.request("POST", f"{self.url}/return-licenses", json=request)
        assert answer.status == 201, answer.data

    def healthy(self) -> bool:
        """Whether it answers."""
        try:
            return self._http.request("GET", f"{self.url}/healthz").status == 200
        except urllib3.exceptions.HTTPError:
            return False


@contextmanager
def running(ledger: Path) -> Iterator[Simulator]:
    """A simulator with that ledger; stopped at the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "local.ccp", "--host", "127.0.0.1", "--port", str(port), "--ledger", str(ledger)]
    with (ledger.parent / "ccp.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        simulator = Simulator(f"http://127.0.0.1:{port}")
        try:
            until = time.monotonic() + START_SECONDS
            while not simulator.healthy():
                assert process.poll() is None, Path(log.name).read_text()
                assert time.monotonic() < until, f"the simulator did not start in {START_SECONDS:.0f} s"
                time.sleep(0.05)
            yield simulator
        finally:
            process.terminate()
            process.wait(timeout=20)
