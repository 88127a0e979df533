"""The account of one machine stands for the one that the program is told.

A program takes most ARNs from the resources themselves, and those have the emulator's account. Where it has to put one
together, for example of the databases of other regions, it uses the account of its settings.
"""

import re

_OWN = re.compile(r'"aws:SourceAccount":\s*"(\d{12})"')
"""Whose pods or functions may take on a role stands in its trust."""

ACCOUNT = "000000000000"
"""The emulator's, unless it is told another."""


def at_home(policy: str, trust: str, account: str = ACCOUNT) -> str:
    """The policy of a role with the emulator's account instead of the declared one."""
    declared = _OWN.search(trust)
    return policy.replace(declared[1], account) if declared else policy
