"""What the commands answer: refused settings, errors as one message, logs, and orders."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from local import __main__ as command
from local.cli import order as order_module
from local.cli.logs import logs
from local.cli.order import Wish
from local.cli.progress import explain
from local.cli.run import Run
from local.cli.settings import Settings
from local.cli.storefront import Storefront
from local.machine.errors import LocalError
from local.machine.layout import Layout
from tests.unit.cli.conftest import console, steps_of


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "8080 "])
def test_a_port_that_is_none_is_refused_with_its_variable(port: str) -> None:
    with pytest.raises(LocalError, match=f"MAIL_PORT={port}"):
        Settings.read({"MAIL_PORT": port})


def test_ports_may_be_left_open() -> None:
    assert Settings.read({"API_PORT": "9000", "MAIL_PORT": ""}) == Settings(9000, None)


def test_an_error_shows_the_end_of_its_log(tmp_path: Path) -> None:
    log = tmp_path / "some.log"
    log.write_text("".join(f"line {number} [dim]\n" for number in range(100)))
    screen, written = console()

    explain(LocalError("it broke", log), screen)

    assert "it broke" in written.getvalue()
    assert str(log) in written.getvalue()
    assert "line 99 [dim]" in written.getvalue()
    assert "line 80" not in written.getvalue()


def test_an_unforeseen_error_is_one_message_and_its_traceback_goes_to_a_file(
    checkout: Layout, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def divide(run: Run) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(command, "ROOT", checkout.root)
    steps_of(monkeypatch, divide)

    assert command.main(["up"]) == 1

    shown = capsys.readouterr().out
    assert "could not divide" in shown
    assert "unexpected ZeroDivisionError: division by zero" in shown
    assert "Traceback" in (checkout.logs / "failure.log").read_text()


def test_an_error_whose_traceback_cannot_be_kept_is_still_one_message(
    checkout: Layout, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fill_up(run: Run) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    checkout.logs.touch()  # no directory can be made where a file is
    monkeypatch.setattr(command, "ROOT", checkout.root)
    steps_of(monkeypatch, fill_up)

    assert command.main(["up"]) == 1

    shown = capsys.readouterr().out
    assert "unexpected OSError: [Errno 28] No space left on device; its traceback cannot be kept" in shown


def test_nobody_orders_from_a_platform_that_is_down(
    checkout: Layout, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout.state / "storefront.json").write_text("{}")
    monkeypatch.setattr(command, "ROOT", checkout.root)

    assert command.main(["order"]) == 1
    assert "the platform is not up; `make up` starts it" in capsys.readouterr().out


def test_an_amount_of_nothing_reaches_the_api_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    wishes: list[Wish] = []
    monkeypatch.setattr(Storefront, "load", lambda _layout: None)
    monkeypatch.setattr(order_module, "order", lambda _shop, wish, _console: wishes.append(wish))

    command.main(["order", "--amount", "0"])
    command.main(["order"])

    assert [wish.amount for wish in wishes] == [0, Wish.amount]


def test_an_unknown_log_is_refused_with_those_that_there_are(checkout: Layout) -> None:
    checkout.logs.mkdir()
    (checkout.logs / "order-0.log").touch()

    with pytest.raises(LocalError, match="no log named order; there are order-0"):
        logs(checkout.root, "order", follow=False)


def test_commands_that_only_look_do_not_load_pulumi() -> None:
    script = "import sys, local.__main__, local.cli.status; sys.exit('pulumi' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script], cwd=command.ROOT, check=False).returncode == 0
