"""Bad access tokens made from good ones: each must be refused, whatever the checks before it have let through.

Most are signed with the issuer's own key, so that the signature is not what refuses them.
"""

from collections.abc import Callable, Iterator

from tests.fuzz import claim_ways, signature_ways, text_ways
from tests.fuzz.forge import Forge

SCHEMES = ("Bearer", "Basic", " Bearer")
WAYS: dict[str, Callable[[Forge, str], str]] = {
    name.replace("_", " "): way
    for module in (claim_ways, signature_ways, text_ways)
    for name, way in vars(module).items()
    if getattr(way, "__module__", None) == module.__name__
}
"""By what is done to a token; a way gives a token, or a whole header."""


def bad_headers(forge: Forge, count: int) -> Iterator[tuple[str, str]]:
    """That many `Authorization` headers, each with the name of its way; every way comes equally often."""
    names = list(WAYS)
    for number in range(count):
        name, good = names[number % len(names)], forge.good()
        bad = WAYS[name](forge, good)
        while bad == good:
            bad = WAYS[name](forge, good)
        yield name, bad if bad.startswith(SCHEMES) else f"Bearer {bad}"
