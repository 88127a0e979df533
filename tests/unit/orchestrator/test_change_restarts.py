"""What a restart of a change of licences comes to, from how the change stands."""

import pytest

from services.orchestrator.change_restarts import plan
from services.orchestrator.plans import Effect


@pytest.mark.parametrize(
    ("state", "in_hand", "effect", "told"),
    [
        ("PARKED", False, Effect.RESTART, "nobody knows"),
        ("PARKED", True, Effect.NONE, "just now"),
        ("RESERVED", True, Effect.NONE, "by itself"),
        ("CONFIRMED", False, Effect.NONE, "never asked again"),
        ("FINISHED", False, Effect.NONE, "never asked again"),
        ("REFUSED", False, Effect.REFUSED, "nobody knows"),
        (None, False, Effect.REFUSED, "restart that order"),
    ],
)
def test_only_a_parked_change_that_nobody_has_in_hand_is_restarted(
    state: str | None, in_hand: bool, effect: Effect, told: str
) -> None:
    found = plan("RETURN", state, "nobody knows", in_hand=in_hand)
    assert (found.effect, told in found.why) == (effect, True)
