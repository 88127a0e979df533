"""`status`: how the processes do, where things are, what waits in the queues and how far the orders are."""

import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg
from rich.console import Console
from rich.table import Column, Table

from local.cli.queues import depths
from local.cli.regions import homes
from local.cli.storefront import Storefront
from local.cluster import places
from local.cluster.readiness import read_readiness
from local.machine import ports, processes
from local.machine.emulator import NAME as EMULATOR
from local.machine.emulator import Emulator
from local.machine.errors import LocalError
from local.machine.layout import Layout, layout_of
from local.machine.postgres import OWNER, Postgres
from local.machine.program import ProgramStatus
from local.machine.supervisor import Supervisor
from local.overlay import CCP_HOST, CCP_PORT, MAIL_HOST, MAIL_PORT

MEBIBYTE = 1 << 20


def status(root: Path, console: Console) -> None:
    """Show all that is known, one region after the other; whatever cannot be reached is left out."""
    layout = layout_of(root)
    regions = homes(layout)
    places = dict.fromkeys((layout, *regions.values()))
    programs = {home: Supervisor(home).status() for home in places}
    if not any(programs.values()):
        console.print("not running; `make up` starts it")
        return
    for home in places:
        if home.region:
            console.print(home.region if programs[home] else f"{home.region} is not running", style="bold")
        if programs[home]:
            console.print(_processes(home, programs[home]), "")
        if home in regions.values():
            console.print(_queues(layout, _exports(home)), "")
    console.print(_orders(_server(home) for home in regions.values()), "")
    with suppress(LocalError):
        shop = Storefront.load(layout)
        edges = [f"  {region:<6} {url}\n" for region, url in shop.edges.items() if len(regions) > 1]
        console.print(f"API      {shop.api_url}\n{''.join(edges)}mailbox  {shop.mail_url}", highlight=False)


def _server(home: Layout) -> Postgres:
    return Postgres(home, home.region)


def _processes(layout: Layout, programs: list[ProgramStatus]) -> Table:
    ready = _readiness(layout)
    table = _table("process", "state", "ready", _right("pid"), _right("up"), _right("memory"))
    total = 0.0
    for program in sorted(programs, key=lambda program: (program.tier, program.name)):
        memory = sum(map(_memory, processes.family(program.pid))) if program.pid else 0.0
        total += memory
        table.add_row(
            program.name,
            program.state.lower(),
            {True: "yes", False: "no", None: ""}[ready.get(program.name)],
            str(program.pid or ""),
            _duration(program.uptime_seconds),
            f"{memory:.0f} MiB",
        )
    table.add_row("", "", "", "", "", f"{total:.0f} MiB", style="bold")
    return table


def _table(*columns: Column | str) -> Table:
    return Table(*columns, box=None, pad_edge=False)


def _right(header: str) -> Column:
    return Column(header, justify="right")


def _readiness(layout: Layout) -> dict[str, bool]:
    pods = {name: pod.ready for name, pod in read_readiness(places.readiness_file(layout)).items()}
    return {
        _server(layout).name: _server(layout).ready(),
        EMULATOR: Emulator(layout).ready(),
        "ccp": ports.answers(layout.address(CCP_HOST), CCP_PORT),
        "mail": ports.answers(layout.address(MAIL_HOST), MAIL_PORT),
        **pods,
    }


def _memory(process: psutil.Process) -> float:
    """In MiB; a page that several processes share is counted in parts, so that the sum is what the run takes."""
    try:
        return float(process.memory_full_info().pss / MEBIBYTE)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0.0


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if seconds else ""


def _exports(layout: Layout) -> dict[str, Any]:
    """What the stack exported at the last run."""
    model = layout.state / "model.json"
    return dict(json.loads(model.read_text())["outputs"]) if model.exists() else {}


def _queues(layout: Layout, exports: dict[str, Any]) -> Table:
    table = _table("queue", _right("waiting"), _right("in flight"), _right("dead letters"))
    for depth in depths(Emulator(layout).endpoint, exports) if exports else ():
        counts = (depth.waiting, depth.in_flight, depth.dead)
        table.add_row(depth.queue, *("?" if count is None else str(count) for count in counts))
    return table


def _orders(servers: Iterable[Postgres]) -> Table:
    """As the first server that answers knows them."""
    table = _table("state of the order", _right("orders"))
    for server in servers:
        try:
            with server.connect(OWNER) as connection:
                counts = connection.execute("SELECT state, count(*) FROM sales_order GROUP BY state ORDER BY state")
                for state, count in counts:
                    table.add_row(state, str(count))
                return table
        except psycopg.Error:
            continue
    table.add_row("the database does not answer", "")
    return table
