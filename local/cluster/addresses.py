"""Which pod has which address of the checkout's loopback network."""

from collections.abc import Iterable, Mapping

from local.cluster.errors import ClusterError

FIRST, LAST = 10, 254
"""Host numbers for pods; those below belong to the machine's own parts."""


def assign(names: Iterable[str], kept: Mapping[str, int]) -> dict[str, int]:
    """A host number for each name.

    A name keeps the number it has had, so that adding a pod changes no other pod; new names get the lowest free ones.

    Raises:
        ClusterError: there are more pods than addresses.
    """
    wanted = list(names)
    numbers = {name: kept[name] for name in wanted if name in kept}
    free = iter(sorted(set(range(FIRST, LAST + 1)) - set(numbers.values())))
    for name in wanted:
        if name not in numbers:
            number = next(free, None)
            if number is None:
                raise ClusterError(f"{len(wanted)} pods are too many: there are {LAST - FIRST + 1} addresses")
            numbers[name] = number
    return numbers
