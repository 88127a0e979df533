"""The processes below the product: PostgreSQL, the AWS emulator, the Cloud Computing Provider and the mail service.

With several regions the latter three are shared, and PostgreSQL has steps of its own.
"""

import sys
from pathlib import Path

from local.cli.run import Run
from local.machine.program import Program
from local.overlay import CCP_HOST, CCP_PORT, MAIL_HOST, MAIL_PORT

ROLES = Path(__file__).parents[3] / "services" / "database" / "bootstrap.sql"


def start(run: Run) -> str:
    """Start them all at once; later steps wait for the one they need."""
    programs = [run.emulator.program(), ccp(run), mail(run)]
    if run.servers is None:
        run.writer.prepare()
        programs.insert(0, run.writer.program())
    run.mail.release()
    run.supervisor.start(programs)
    return ", ".join(program.name for program in programs)


def create_database(run: Run) -> None:
    """Create the roles and the database of the product."""
    run.writer.wait_ready()
    run.writer.bootstrap(ROLES)


def ccp(run: Run) -> Program:
    """The simulator of the outside provider."""
    address = run.layout.address(CCP_HOST)
    return _python(run, "ccp", "--host", address, "--port", str(CCP_PORT), "--ledger", str(ledger(run)))


def ledger(run: Run) -> Path:
    """Where the simulator keeps its sales."""
    return run.layout.state / "ccp" / "ledger.sqlite3"


def mail(run: Run) -> Program:
    """The stand-in for SES's delivery side, with the mailbox page."""
    store = run.layout.state / "mail"
    address = run.layout.address(MAIL_HOST)
    return _python(
        run,
        "mail",
        *("--api-host", address, "--api-port", str(MAIL_PORT), "--page-port", str(run.mail.port)),
        *("--emulator", run.emulator.endpoint, "--store", str(store)),
    )


def _python(run: Run, name: str, *arguments: str) -> Program:
    (run.layout.state / name).mkdir(exist_ok=True)
    command = (sys.executable, "-m", f"local.{name}", *arguments)
    return Program(name, command, {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}, run.layout.root)
