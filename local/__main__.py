"""`python -m local <command>`: the one-machine run."""

import argparse
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from local.cli.down import down, reset
from local.cli.logs import logs
from local.cli.progress import StepError, explain
from local.machine.errors import LocalError
from local.machine.layout import layout_of
from local.machine.privileges import refuse_foreign

ROOT = Path(__file__).resolve().parents[1]
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; answers with the exit code."""
    options = _parse(arguments)
    console = Console()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        _dispatch(options, console)
    except KeyboardInterrupt:
        console.print("[red]✗[/] interrupted")
        return INTERRUPTED
    except StepError as error:
        console.print(f"✗ could not {error.title}", highlight=False)
        explain(_known(error.__cause__ or error), console)
        return 1
    except Exception as error:  # noqa: BLE001 (the last line of defence: no bare traceback for the user)
        explain(_known(error), console)
        return 1
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m local", description="The Cloud Sales System on one machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="bring the platform up, or apply what has changed")
    commands.add_parser("preview", help="what `up` would change in the region; changes nothing")
    commands.add_parser("down", help="stop it and keep its state")
    commands.add_parser("reset", help="stop it and clear its state")
    once = commands.add_parser("order", help="order as a demonstration customer and follow it to the mail")
    once.add_argument("--customer", help="the customer's key in the demonstration data")
    once.add_argument("--amount", type=int, help="how many licences")
    commands.add_parser("status", help="processes, addresses, queues and orders")
    printed = commands.add_parser("logs", help="what the processes printed last")
    printed.add_argument("name", nargs="?", help="one process; all of them if left out")
    printed.add_argument("-f", "--follow", action="store_true", help="keep looking")
    return parser.parse_args(arguments)


def _dispatch(options: argparse.Namespace, console: Console) -> None:
    refuse_foreign(layout_of(ROOT))
    match options.command:
        case "up":
            from local.cli.up import up  # noqa: PLC0415 (no other command is to pay for loading Pulumi)

            up(ROOT, console)
        case "preview":
            from local.cli.preview import show  # noqa: PLC0415 (the same)

            show(ROOT, console)
        case "down":
            down(ROOT, console)
        case "reset":
            reset(ROOT, console)
        case "order":
            from local.cli.order import Wish, order  # noqa: PLC0415 (the same)
            from local.cli.storefront import Storefront  # noqa: PLC0415 (the same)

            amount = Wish.amount if options.amount is None else options.amount
            wish = Wish(options.customer or Wish.customer, amount)
            order(Storefront.load(layout_of(ROOT)), wish, console)
        case "status":
            from local.cli.status import status  # noqa: PLC0415 (the same)

            status(ROOT, console)
        case "logs":
            logs(ROOT, options.name, follow=options.follow)


def _known(error: BaseException) -> BaseException:
    """The error itself if it was written for the user; otherwise one that says where its traceback is."""
    if type(error).__module__.partition(".")[0] == "local":
        return error
    report = layout_of(ROOT).logs / "failure.log"
    message = f"unexpected {type(error).__name__}: {error}"
    try:
        report.parent.mkdir(parents=True, exist_ok=True)
        report.write_text("".join(traceback.format_exception(error)))
    except OSError as unwritable:  # a disk that is full or may only be read may be the very reason
        return LocalError(f"{message}; its traceback cannot be kept: {unwritable}")
    return LocalError(message, report)


if __name__ == "__main__":
    sys.exit(main())
