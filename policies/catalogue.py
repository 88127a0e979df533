"""The whole pack: every module in `policies/rules/` is part of it, without being listed anywhere."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from policies import rules as areas
from policies.registry import RULES, Rule


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule of the pack in the order of their names.

    Raises:
        RuleError: two rules share a name, or one lacks examples.
    """
    for module in iter_modules(areas.__path__, f"{areas.__name__}."):
        import_module(module.name)
    return RULES.rules
