"""How many bad access tokens get in: `python -m tests.fuzz.tokens --count 100000 [--seed 1]`.

Prints the figure and every kind of failure; the exit status is 1 if anything but a refusal came.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from services.common.errors import Unauthorized
from services.common.tokens import TokenVerifier
from tests.fuzz.forge import Forge
from tests.fuzz.mutations import WAYS, bad_headers
from tests.support.issuer import TestIssuer, running_issuer


@dataclass
class Tally:
    """What became of the tokens; `accepted` and `broken` name the mutation and show its token."""

    refused: Counter[str] = field(default_factory=Counter)
    accepted: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def try_one(self, verifier: TokenVerifier, way: str, header: str) -> None:
        try:
            verifier.verify(header)
        except Unauthorized:
            self.refused[way] += 1
        except Exception as error:  # noqa: BLE001 (any other one is a finding)
            self.broken.append(f"{way}: {type(error).__name__} {error}: {header[:2000]!r}")
        else:
            self.accepted.append(f"{way}: {header[:2000]!r}")


def fuzz(issuer: TestIssuer, count: int, seed: int) -> Tally:
    """Tries that many bad tokens, and one good one now and then: a verifier that refuses everybody proves nothing."""
    verifier, forge, tally = TokenVerifier(issuer.settings()), Forge.seeded(issuer, seed), Tally()
    for number, (way, header) in enumerate(bad_headers(forge, count)):
        if number % 1000 == 0:
            verifier.principal(forge.good())
        tally.try_one(verifier, way, header)
    return tally


def _report(tally: Tally, seconds: float) -> Iterator[str]:
    for way in WAYS:
        yield f"{tally.refused[way]:8,} {way}"
    total = sum(tally.refused.values()) + len(tally.accepted) + len(tally.broken)
    others = f"{len(tally.broken)} other errors"
    yield f"{total:8,} mutated tokens: {len(tally.accepted)} accepted, {others}, {seconds:.0f} s"
    yield from tally.accepted[:20]
    yield from tally.broken[:20]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    started = time.monotonic()
    with running_issuer() as issuer:
        tally = fuzz(issuer, given.count, given.seed)
    sys.stdout.write("\n".join(_report(tally, time.monotonic() - started)) + "\n")
    return 1 if tally.accepted or tally.broken else 0


if __name__ == "__main__":
    sys.exit(main())
