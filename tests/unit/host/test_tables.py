"""Every known type stands in exactly one table, with what its table needs."""

from itertools import combinations

from local.host.capture import SHAPES
from local.host.handlers.table import HANDLERS
from local.host.played import PLAYERS
from local.host.shapes.created import CREATED
from local.host.shapes.played import PLAYED
from local.host.shapes.recorded import RECORDED


def test_a_type_has_one_fate() -> None:
    for left, right in combinations((CREATED, PLAYED, RECORDED), 2):
        assert not left.keys() & right.keys()
    assert SHAPES.keys() == CREATED.keys() | PLAYED.keys() | RECORDED.keys()


def test_what_is_created_has_a_handler() -> None:
    assert HANDLERS.keys() == CREATED.keys()


def test_what_is_played_has_a_player() -> None:
    assert PLAYERS.keys() == PLAYED.keys()
