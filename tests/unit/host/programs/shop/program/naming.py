"""Counts its imports through a module attribute, to show that no state survives a run."""

CALLS: list[str] = []


def full_name(name: str) -> str:
    """The physical name; the first call of a run gets no suffix."""
    CALLS.append(name)
    return f"shop-{name}" if len(CALLS) == 1 else f"shop-{name}-{len(CALLS)}"
