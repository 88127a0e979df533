"""No mutated token gets in. The same with 100,000 of them: `python -m tests.fuzz.tokens --count 100000`."""

from tests.fuzz.mutations import WAYS
from tests.fuzz.tokens import fuzz
from tests.support.issuer import JWKS_PATH, TestIssuer

COUNT = 2200
SEED = 20


def test_every_mutated_token_is_refused_and_nothing_else_happens(issuer: TestIssuer) -> None:
    tally = fuzz(issuer, COUNT, SEED)
    assert (tally.accepted, tally.broken) == ([], [])
    assert sum(tally.refused.values()) == COUNT
    assert tally.refused.keys() == WAYS.keys()


def test_forged_key_ids_have_asked_the_issuer_hardly_ever(issuer: TestIssuer) -> None:
    issuer.asked.clear()
    fuzz(issuer, COUNT // 2, SEED + 1)
    assert issuer.asked == [JWKS_PATH]
