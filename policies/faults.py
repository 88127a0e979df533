"""What is wrong with what a stack says about the pack, in words for its owner."""

from collections.abc import Collection
from difflib import get_close_matches

from pydantic import ValidationError


def no_rule(name: str, rules: Collection[str]) -> str:
    """That there is no such rule, with the one that may be meant."""
    meant = get_close_matches(name, rules, n=1)
    return f"names no rule of the pack{f'; did you mean {meant[0]!r}?' if meant else f': {name!r}'}"


def told(path: str, error: ValidationError) -> list[str]:
    """Each fault that was found, with its place."""
    faults = error.errors(include_url=False, include_input=False)
    return [f"{'.'.join([path, *map(str, one['loc'])])}: {one['msg'].removeprefix('Value error, ')}" for one in faults]
