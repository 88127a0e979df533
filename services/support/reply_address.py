"""The address under which a case takes mail: `case+<token>`, at the domain that we send from."""

import re

_LOCAL_PART = re.compile(r"case\+(?P<token>[0-9a-f]{32})", re.IGNORECASE)


def local_part(token: str) -> str:
    """What stands before the `@`."""
    return f"case+{token}"


def token_of(address: str) -> str | None:
    """The token in an address, whatever its letters' case; None if it is no case's address."""
    found = _LOCAL_PART.fullmatch(address.rpartition("@")[0])
    return None if found is None else found["token"].lower()
