"""The AWS emulator of one checkout: S3, SQS, SNS, Cognito, SES and the control planes, on an address of its own."""

import sys
import urllib.request
from pathlib import Path

from local.machine.errors import LocalError
from local.machine.layout import Layout
from local.machine.program import Program
from local.machine.supervisor import Supervisor
from local.machine.waiting import wait_until

NAME = "emulator"
HOST = 1
PORT = 4566
READY_SECONDS = 30.0
CREDENTIAL = "local"
"""Key and secret of whoever may do everything, and the secret of every other key."""
LEDGER = "access.jsonl"
"""Which grants of which role were used, and what was refused; `local.access` writes it."""
SOURCE = Path(__file__).resolve().parents[2]


class Emulator:
    """The emulator as a supervised program."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._state = layout.state / NAME
        self.host = layout.address(HOST)
        self.endpoint = f"http://{self.host}:{PORT}"
        self.stand_ins = self._state / "stand-ins.json"

    def program(self) -> Program:
        """The emulator, told to listen on nothing but its own address and to keep its state in the checkout."""
        temporary = self._state / "tmp"
        temporary.mkdir(parents=True, exist_ok=True)
        environment = {
            "PATH": "/usr/bin:/bin",
            "TMPDIR": str(temporary),
            "BIND_HOST": self.host,
            "MINISTACK_HOST": self.host,  # appears in queue URLs
            "AWS_ACCESS_KEY_ID": CREDENTIAL,
            "AWS_SECRET_ACCESS_KEY": CREDENTIAL,
            "AWS_ENDPOINT_URL": self.endpoint,  # where the functions that it runs find AWS
            "GATEWAY_PORT": str(PORT),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self._state / "services"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(self._state / "objects"),
            "LOG_LEVEL": "WARNING",
        }
        kept = (str(self._state / "messages.sqlite3"), str(self._state / LEDGER), str(self.stand_ins))
        command = (sys.executable, "-m", "local.machine.emulator_server", *kept)
        return Program(NAME, command, environment, SOURCE, stop_seconds=20)

    def wait_ready(self) -> None:
        """Return once the emulator answers.

        Raises:
            LocalError: it does not in time.
        """
        if not wait_until(self.ready, READY_SECONDS):
            raise LocalError(f"the AWS emulator is not ready after {READY_SECONDS:.0f} s", self._log)

    def ready(self) -> bool:
        """Whether the emulator answers."""
        try:
            with urllib.request.urlopen(f"{self.endpoint}/_ministack/health", timeout=2) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except OSError:
            return False

    def checkpoint(self, supervisor: Supervisor) -> None:
        """Restart the emulator in an orderly way, the only moment at which it writes its state down.

        After this a killed emulator comes back with every queue, pool and key that exists now. Messages and objects
        need no checkpoint: both are written as they come.
        """
        supervisor.restart(NAME)
        self.wait_ready()

    @property
    def _log(self) -> Path:
        return self._layout.logs / f"{NAME}.log"
