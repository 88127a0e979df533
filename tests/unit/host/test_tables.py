"""Every known type stands in exactly one table, with what its table needs."""

from itertools import combinations

from local.host.capture import SHAPES
from local.host.handlers.table import HANDLERS
from local.host.model import Resource
from local.host.played import PLAYERS
from local.host.shapes.created import CREATED
from local.host.shapes.played import PLAYED
from local.host.shapes.recorded import RECORDED
from local.host.shapes.shape import Place


def test_a_type_has_one_fate() -> None:
    for left, right in combinations((CREATED, PLAYED, RECORDED), 2):
        assert not left.keys() & right.keys()
    assert SHAPES.keys() == CREATED.keys() | PLAYED.keys() | RECORDED.keys()


def test_what_is_created_has_a_handler() -> None:
    assert HANDLERS.keys() == CREATED.keys()


def test_what_is_played_has_a_player() -> None:
    assert PLAYED.keys() <= PLAYERS.keys()


def test_what_has_a_player_is_played_whole_or_created_beside_it() -> None:
    assert PLAYERS.keys() <= PLAYED.keys() | CREATED.keys()


def test_what_a_provider_adds_within_an_object_stands_beside_what_was_asked_for_there() -> None:
    asked = {"name": "shop", "vpcConfig": {"endpointPublicAccess": False}}
    kind = "aws:eks/cluster:Cluster"
    made = SHAPES[kind].fill(Resource("urn:shop", kind, "shop", asked), Place("111122223333", "eu-west-1"))
    assert made.outputs["vpcConfig"].keys() == {"endpointPublicAccess", "clusterSecurityGroupId"}
