import errno
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from local.machine.errors import LocalError
from local.machine.layout import layout_of
from local.machine.ports import Listener, check_free, claim_subnet, listeners, public_port, reserve, serves


@pytest.fixture
def held() -> Iterator[int]:
    """A port of 127.0.0.1 that this process listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_demanded_port_that_is_held_names_the_program_and_its_pid(held: int) -> None:
    with pytest.raises(LocalError) as refusal:
        public_port(8080, ("API_PORT", held), listeners(), ours=())

    assert f"API_PORT={held}" in str(refusal.value)
    assert f"{psutil.Process().name()} (pid {os.getpid()})" in str(refusal.value)


def test_a_demanded_port_that_this_run_holds_itself_is_fine(held: int) -> None:
    assert public_port(8080, ("API_PORT", held), listeners(), ours={os.getpid()}) == held


def test_a_preferred_port_gives_way_to_the_next_free_one() -> None:
    taken = [Listener("127.0.0.1", 8080, 1), Listener("::", 8081, None), Listener("127.0.0.9", 8082, 1)]

    assert public_port(8080, None, taken, ours=()) == 8082
    assert public_port(8080, None, [], ours=()) == 8080


def test_a_subnet_that_somebody_listens_in_is_passed_over_once_and_the_choice_is_kept(tmp_path: Path) -> None:
    first = layout_of(tmp_path)

    claimed = claim_subnet(first, [Listener(first.address(9), 4566, 1)])

    assert claimed.subnet != first.subnet
    assert layout_of(tmp_path) == claimed
    assert claim_subnet(claimed, [Listener(claimed.address(9), 4566, 1)]) == claimed


def test_a_foreign_program_in_the_claimed_subnet_is_named(tmp_path: Path) -> None:
    layout = layout_of(tmp_path)
    foreign = Listener(layout.address(2), 8080, os.getpid())

    with pytest.raises(LocalError, match=rf"{layout.address(2)}:8080 is held by .*pid {os.getpid()}"):
        check_free(layout, [foreign], ours=())

    check_free(layout, [foreign], ours={os.getpid()})
    check_free(layout, [Listener(f"{layout.subnet}9.1", 8080, 1)], ours=())


def test_two_runs_that_start_at_once_choose_different_ports() -> None:
    first = reserve(20080, None, ours=())
    try:
        second = reserve(20080, None, ours=())
        second.release()
        assert first.port != second.port
        assert serves(first.port, {os.getpid()})
    finally:
        first.release()
    assert not serves(first.port, {os.getpid()})


def test_a_port_that_this_run_serves_already_is_kept(held: int) -> None:
    kept = reserve(8080, ("API_PORT", held), ours={os.getpid()})
    kept.release()
    assert kept.port == held
    assert serves(held, {os.getpid()})


def test_a_demanded_port_that_may_not_be_listened_on_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_address: tuple[str, int]) -> socket.socket:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(socket, "create_server", refuse)

    with pytest.raises(LocalError, match=r"API_PORT=80: cannot listen on port 80: .*Permission denied"):
        reserve(8080, ("API_PORT", 80), ours=())
