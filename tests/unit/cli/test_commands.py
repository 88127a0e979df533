import errno
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.console import Console

from local import __main__ as command
from local.cli import order as order_module
from local.cli import up as up_module
from local.cli.down import down, reset
from local.cli.lock import exclusively
from local.cli.logs import logs
from local.cli.order import Wish
from local.cli.progress import Step, StepError, explain
from local.cli.run import Run
from local.cli.settings import Settings
from local.cli.storefront import Storefront
from local.cli.up import up
from local.machine import room
from local.machine.errors import LocalError
from local.machine.layout import Layout, layout_of
from local.machine.privileges import make_private, refuse_foreign
from local.machine.program import Program
from local.machine.supervisor import Supervisor


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Layout]:
    layout = layout_of(tmp_path)
    make_private(layout)
    yield layout
    Supervisor(layout).stop()
    shutil.rmtree(layout.runtime, ignore_errors=True)


def console() -> tuple[Console, io.StringIO]:
    written = io.StringIO()
    return Console(file=written, width=200), written


def start_a_program(run: Run) -> str:
    run.supervisor.start([Program("sleeper", ("/bin/sleep", "600"), {}, Path("/"))])
    return "sleeper"


def fail(run: Run) -> None:
    log = run.supervisor.log("sleeper")
    log.write_text("the reason\n")
    raise LocalError("it cannot be done", log)


def steps_of(monkeypatch: pytest.MonkeyPatch, *actions: Callable[[Run], str | None]) -> None:
    steps = tuple(Step(action.__name__.replace("_", " "), action) for action in actions)
    monkeypatch.setattr(up_module, "STEPS", steps)


def test_a_failed_step_tears_down_what_this_up_has_started(checkout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    steps_of(monkeypatch, start_a_program, fail)
    screen, written = console()

    with pytest.raises(StepError) as failure:
        up(checkout.root, screen)

    assert failure.value.title == "fail"
    assert "start a program  sleeper" in written.getvalue()
    assert not Supervisor(checkout).running()


def test_a_failed_step_leaves_alone_what_ran_before(checkout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    screen, _ = console()
    steps_of(monkeypatch, start_a_program)
    up(checkout.root, screen)
    before = [program.pid for program in Supervisor(checkout).status()]

    steps_of(monkeypatch, fail)
    with pytest.raises(StepError):
        up(checkout.root, screen)

    assert [program.pid for program in Supervisor(checkout).status()] == before


def test_an_interrupted_step_tears_down_as_well(checkout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(run: Run) -> None:
        raise KeyboardInterrupt

    steps_of(monkeypatch, start_a_program, interrupt)

    with pytest.raises(KeyboardInterrupt):
        up(checkout.root, console()[0])

    assert not Supervisor(checkout).running()


def test_down_keeps_the_state_and_reset_clears_it(checkout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    screen, written = console()
    steps_of(monkeypatch, start_a_program)
    up(checkout.root, screen)
    (checkout.state / "kept").touch()

    down(checkout.root, screen)
    assert (checkout.state / "kept").exists()
    assert not Supervisor(checkout).running()

    reset(checkout.root, screen)
    assert not checkout.state.exists()
    assert not checkout.runtime.exists()
    assert "the state is kept" in written.getvalue()


def test_a_second_command_at_the_same_time_is_refused_by_name(checkout: Layout) -> None:
    with (
        exclusively(checkout, "up"),
        pytest.raises(LocalError, match=rf"`up \(pid {os.getpid()}\)` is at work"),
        exclusively(checkout, "down"),
    ):
        pass

    with exclusively(checkout, "down"):
        assert "down" in (checkout.state / "lock").read_text()


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


def test_a_tear_down_that_fails_does_not_hide_the_reason_for_it(
    checkout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_supervisor: Supervisor) -> list[int]:
        raise LocalError("the process supervisor does not answer")

    steps_of(monkeypatch, start_a_program, fail)
    screen, written = console()

    with monkeypatch.context() as broken:
        broken.setattr(Supervisor, "stop", refuse)
        with pytest.raises(StepError) as failure:
            up(checkout.root, screen)

    assert "it cannot be done" in str(failure.value.__cause__)
    assert "does not answer; `make down` tries again" in written.getvalue()


def test_nothing_is_begun_on_a_disk_that_is_almost_full(checkout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "NEEDED", 1 << 40)
    steps_of(monkeypatch, start_a_program)

    with pytest.raises(LocalError, match=rf"the disk of {checkout.state} has \d+ MiB left"):
        up(checkout.root, console()[0])

    assert not Supervisor(checkout).running()


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


def test_a_state_of_another_user_is_refused(checkout: Layout) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a directory away")
    os.chown(checkout.state, 65534, 65534)

    with pytest.raises(LocalError, match="belongs to user id 65534"):
        make_private(checkout)
    with pytest.raises(LocalError, match="belongs to user id 65534"):
        refuse_foreign(checkout)


def test_a_state_behind_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    layout = layout_of(tmp_path)
    layout.state.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(LocalError, match="is a symbolic link"):
        make_private(layout)

    assert not (tmp_path / "elsewhere").exists()


def test_looking_at_a_checkout_creates_nothing(tmp_path: Path) -> None:
    layout = layout_of(tmp_path)

    refuse_foreign(layout)

    assert not layout.state.exists()
    assert not layout.runtime.exists()


def test_commands_that_only_look_do_not_load_pulumi() -> None:
    script = "import sys, local.__main__, local.cli.status; sys.exit('pulumi' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script], cwd=command.ROOT, check=False).returncode == 0


def test_a_checkout_keeps_its_public_ports(tmp_path: Path) -> None:
    layout = layout_of(tmp_path)
    layout.state.mkdir()
    assert Storefront.ports_of_last_run(layout) is None
    Storefront("http://127.0.0.1:8083", "http://127.0.0.1:8029", "http://e", "eu-west-1", "client").save(layout)
    assert Storefront.ports_of_last_run(layout) == (8083, 8029)
    (layout.state / "storefront.json").write_text("{")
    assert Storefront.ports_of_last_run(layout) is None
