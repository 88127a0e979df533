import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from local.machine.layout import layout_of, subnet_of

LONGEST_SOCKET_PATH = 107


def test_a_checkout_has_the_same_places_every_time_and_shares_none_with_another(tmp_path: Path) -> None:
    one, again, other = (layout_of(tmp_path / name) for name in ("one", "one", "other"))

    assert one == again
    assert one.runtime != other.runtime
    assert one.state != other.state
    assert one.address(7) == f"{one.subnet}.7"


def test_a_link_to_a_checkout_is_that_checkout(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")

    assert layout_of(tmp_path / "link") == layout_of(tmp_path / "real")


def test_sockets_stay_within_the_kernel_s_limit_however_deep_the_checkout_lies(tmp_path: Path) -> None:
    deep = layout_of(tmp_path.joinpath(*["deeper"] * 40))

    assert len(os.fsencode(deep.runtime / "postgres" / ".s.PGSQL.5432.lock")) < LONGEST_SOCKET_PATH


@given(st.integers(0, 2**32 - 1), st.integers(0, 100))
def test_every_subnet_lies_in_the_loopback_network_and_off_the_usual_addresses(number: int, attempt: int) -> None:
    first, second, third = map(int, subnet_of(f"{number:08x}", attempt).split("."))

    assert first == 127
    assert 64 <= second <= 127
    assert 0 <= third <= 255


def test_a_region_has_places_of_its_own_below_the_machine_s(tmp_path: Path) -> None:
    machine = layout_of(tmp_path)
    eu, apac = machine.of_region("eu"), machine.of_region("apac")

    assert eu.state == machine.state / "regions" / "eu"
    for place in ("state", "runtime", "subnet", "logs"):
        assert len({getattr(layout, place) for layout in (machine, eu, apac)}) == 3, place
    assert {layout.digest for layout in (machine, eu, apac)} == {machine.digest}
    assert eu.machine == apac.machine == machine.machine == machine
    assert eu.of_region("apac") == apac


def test_sockets_of_a_region_stay_within_the_kernel_s_limit_too(tmp_path: Path) -> None:
    region = layout_of(tmp_path).of_region("south-america")

    assert len(os.fsencode(region.runtime / "postgres-south-america" / ".s.PGSQL.5432.lock")) < LONGEST_SOCKET_PATH
