"""An event that cannot be recorded now stays on its queue for as long as it is needed."""

import pytest

from services.common.errors import Poison, Retry, Unavailable
from services.common.pipeline.queues import Message
from services.email.events import unhurried
from services.registry import FEWEST_RECEIVES

MESSAGE = Message("{}", "receipt", 1)


def failing(fault: Exception) -> None:
    raise fault


@pytest.mark.parametrize("window", [1, 75, 300, 43_200])
def test_the_fewest_receives_last_for_the_evidence_window(window: int) -> None:
    take = unhurried(lambda _: failing(Unavailable("the disk is full")), window)
    with pytest.raises(Retry, match="the disk is full") as wish:
        take(MESSAGE)
    assert window <= wish.value.seconds * FEWEST_RECEIVES < window + FEWEST_RECEIVES


def test_whatever_else_happens_to_an_event_is_left_as_it_is() -> None:
    taken: list[Message] = []
    unhurried(taken.append, 300)(MESSAGE)
    assert taken == [MESSAGE]
    with pytest.raises(Poison):
        unhurried(lambda _: failing(Poison("no event")), 300)(MESSAGE)
