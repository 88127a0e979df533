"""64 threads on one subscription item: one comes through with each version, and nothing is lost or counted twice."""

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial

import pytest

from tests.support.ledgers import violations
from tests.support.market import MIX
from tests.support.office import Item, Office

THREADS, ROUNDS = 64, 8
SEED = 20261122
WHOLE = MIX | {"partialFillRate": 0}
"""An increase that the CCP fills in part waits for a person, as an order does."""


@pytest.mark.parametrize("faults", [{}, WHOLE], ids=["a CCP that works", "a CCP in fault mode"])
def test_of_64_who_have_read_the_same_version_one_comes_through_and_63_get_412(
    office: Office, faults: dict[str, object]
) -> None:
    item = office.bought(10)
    dice = random.Random(SEED)
    office.simulator.misbehave(**faults, seed=SEED)
    for _ in range(ROUNDS):
        asked = [dice.choice([one for one in range(1, 40) if one != item.quantity]) for _ in range(THREADS)]
        with ThreadPoolExecutor(THREADS) as pool:
            answers = list(pool.map(partial(office.quantity, item=item), asked))
        [winner] = [number for number, answer in enumerate(answers) if answer.status_code in (200, 202)]
        assert Counter(answer.status_code for answer in answers)[412] == THREADS - 1
        office.settle_all()
        item = office.item()
        assert item.quantity == asked[winner]
    office.simulator.behave()
    assert violations(office.world, office.simulator) == []


def test_64_who_read_and_try_again_all_come_through_in_the_end(office: Office) -> None:
    """Each lowers the quantity by one, as often as it takes."""
    office.bought(THREADS + 1)

    def lower(_: int) -> Counter[str]:
        told: Counter[str] = Counter()
        while True:
            item: Item = office.item()
            answer = office.quantity(item.quantity - 1, item)
            if answer.status_code == 200:
                return told
            assert answer.json is not None
            told[str(answer.json["type"]).rpartition("/")[2]] += 1
            time.sleep(random.uniform(0, 0.2))

    with ThreadPoolExecutor(THREADS) as pool:
        refusals = sum(pool.map(lower, range(THREADS)), Counter())
    assert set(refusals) <= {"precondition-failed", "change-open", "unavailable"}
    assert refusals["precondition-failed"] > 0
    assert office.item().quantity == 1
    assert len(office.simulator.changes()) >= THREADS
    assert violations(office.world, office.simulator) == []


def test_of_many_who_extend_the_same_licence_one_is_charged(office: Office) -> None:
    office.bought(1)
    licence = office.licences()[0]
    end = date.fromisoformat(licence["validToDate"])
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda days: office.extend(licence, end + timedelta(days=days)), range(1, 17)))
    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 15]
    assert violations(office.world, office.simulator) == []
