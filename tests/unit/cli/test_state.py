"""Whose the state of a checkout is, and who may touch it at the same time."""

import os
from pathlib import Path

import pytest

from local.cli.lock import exclusively
from local.cli.storefront import Storefront
from local.machine.errors import LocalError
from local.machine.layout import Layout, layout_of
from local.machine.privileges import make_private, refuse_foreign


def test_a_second_command_at_the_same_time_is_refused_by_name(checkout: Layout) -> None:
    with (
        exclusively(checkout, "up"),
        pytest.raises(LocalError, match=rf"`up \(pid {os.getpid()}\)` is at work"),
        exclusively(checkout, "down"),
    ):
        pass

    with exclusively(checkout, "down"):
        assert "down" in (checkout.state / "lock").read_text()


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


def test_a_checkout_keeps_its_public_ports(tmp_path: Path) -> None:
    layout = layout_of(tmp_path)
    layout.state.mkdir()
    assert Storefront.ports_of_last_run(layout) is None
    Storefront("http://127.0.0.1:8083", "http://127.0.0.1:8029", "http://e", "eu-west-1", "client").save(layout)
    assert Storefront.ports_of_last_run(layout) == (8083, 8029)
    (layout.state / "storefront.json").write_text("{")
    assert Storefront.ports_of_last_run(layout) is None
