"""What `make up` leaves behind when a step fails, and `make down` and `make reset` of what it has started."""

import pytest

from local.cli.down import down, reset
from local.cli.progress import StepError
from local.cli.run import Run
from local.cli.up import up
from local.machine import room
from local.machine.errors import LocalError
from local.machine.layout import Layout
from local.machine.supervisor import Supervisor
from tests.unit.cli.conftest import console, fail, start_a_program, steps_of


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
