"""The stacks that a program refers to: found out by running it, and made before it."""

from collections.abc import Callable, Mapping
from typing import Any

from local.host.errors import HostError, UpstreamError
from local.host.model import Model

Outputs = Mapping[str, Mapping[str, Any]]
"""The outputs of stacks, by their names."""

Chain = tuple[str, ...]
"""Stacks that refer to each other, the last one to be made first."""


def with_upstream(
    chain: Chain, run: Callable[[Outputs], Model], make: Callable[[str, Chain], Model]
) -> tuple[Model, Outputs]:
    """Runs the program, and again for every stack that it turns out to refer to.

    A program refers to others in its first lines, so a run that ends there costs little.

    Args:
        chain: The program's own stack, after those that refer to it.
        run: Runs the program, given what is known of other stacks.
        make: Makes the named stack; its second argument is the chain that led to it.

    Raises:
        HostError: a stack refers, by way of others, to itself; or what `run` and `make` raise.
    """
    upstream: dict[str, Mapping[str, Any]] = {}
    while True:
        try:
            return run(upstream), upstream
        except UpstreamError as missing:
            if missing.stack in chain:
                circle = " -> ".join((*chain, missing.stack))
                raise HostError(f"stacks refer to each other in a circle: {circle}") from missing
            upstream[missing.stack] = make(missing.stack, chain).outputs
