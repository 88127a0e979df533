"""The front as `make up` runs it, against the emulator: two regions whose edges are there, sick, and well again."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import urllib3

from local.machine.waiting import wait_until
from tests.integration.front.world import WAIT_SECONDS, World, running_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running_world(tmp_path_factory.mktemp("front")) as made:
        yield made


def test_the_shares_are_the_records_weights(world: World) -> None:
    world.weigh({"eu": 64, "apac": 192})
    assert wait_until(world.draws({"eu": 64, "apac": 192}), WAIT_SECONDS)
    assert wait_until(world.both, WAIT_SECONDS)
    got = world.got(800)
    assert 526 < got["apac"] < 674, "600 are expected; six standard deviations to both sides"
    world.weigh({"eu": 128, "apac": 0})
    assert wait_until(world.only("eu"), WAIT_SECONDS)


def test_nothing_is_lost_or_doubled_while_the_weights_change(world: World) -> None:
    for edge in world.edges.values():
        edge.done.clear()
    accepted: list[list[str]] = [[], [], [], []]
    refused, stop = list[int](), threading.Event()

    def shop(number: int, names: list[str]) -> None:
        with urllib3.PoolManager() as http:
            while not stop.is_set():
                name = f"{number}-{len(names)}"
                names.append(name)
                if (status := world.order(http, name)) != 201:
                    refused.append(status)

    with ThreadPoolExecutor(len(accepted)) as clients:
        shopping = [clients.submit(shop, number, names) for number, names in enumerate(accepted)]
        try:
            for weights in ({"apac": 255, "eu": 0}, {"eu": 255, "apac": 0}, {"eu": 128, "apac": 128}):
                world.weigh(weights)
                drawn = {region: weight for region, weight in weights.items() if weight}
                assert wait_until(world.draws(drawn), WAIT_SECONDS)
                assert wait_until(world.asks(drawn), WAIT_SECONDS)
        finally:
            stop.set()
    for each in shopping:
        each.result()
    assert not refused
    ordered = [name for edge in world.edges.values() for name in edge.done]
    assert sorted(ordered) == sorted(name for names in accepted for name in names)


def test_a_sick_region_gets_nothing_until_it_is_well_again_or_all_are_sick(world: World) -> None:
    eu, apac = world.edges["eu"], world.edges["apac"]
    world.weigh({"eu": 128, "apac": 128})
    assert wait_until(world.both, WAIT_SECONDS)
    eu.health = 503
    assert wait_until(world.only("apac"), WAIT_SECONDS)
    apac.health = 503
    assert wait_until(world.both, WAIT_SECONDS)
    eu.health = 200
    assert wait_until(world.only("eu"), WAIT_SECONDS)
    apac.health = 200
    assert wait_until(world.both, WAIT_SECONDS)


def test_what_was_last_known_outlives_the_emulator(world: World) -> None:
    """The last of this file: after it nobody answers."""
    world.weigh({"eu": 128, "apac": 0})
    assert wait_until(world.only("eu"), WAIT_SECONDS)
    world.end_emulator()
    assert wait_until(lambda: "keeping the shares" in world.follower_log.read_text(), WAIT_SECONDS)
    assert world.only("eu")()
