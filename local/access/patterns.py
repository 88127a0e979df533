"""Texts of a policy, and IAM's wildcards in them: `*` for any characters, `?` for one."""

import re
from functools import lru_cache

from local.access.errors import PolicyError

_SEGMENTS = 6
"""An ARN is arn:partition:service:region:account:resource, and the resource may have colons of its own."""


def texts(stated: object, where: str) -> list[str]:
    """What a policy states once or as a list.

    Raises:
        PolicyError: it is no text, or none at all.
    """
    found = [text for text in (stated if isinstance(stated, list) else [stated]) if isinstance(text, str)]
    if not found or (isinstance(stated, list) and len(found) < len(stated)):
        raise PolicyError(f"{where} wants one text or more, not {stated!r}")
    return found


@lru_cache(maxsize=4096)
def text_pattern(stated: str) -> "re.Pattern[str]":
    """What matches a text with wildcards as a whole; upper and lower case differ."""
    return re.compile(_wild(stated, ".*"), re.DOTALL)


@lru_cache(maxsize=4096)
def arn_pattern(stated: str) -> "re.Pattern[str]":
    """What matches an ARN with wildcards: none reaches beyond its segment, save in the resource, which is the last."""
    if stated == "*":
        return re.compile(".*", re.DOTALL)
    *head, last = stated.split(":", _SEGMENTS - 1)
    return re.compile(":".join([*(_wild(segment, "[^:]*") for segment in head), _wild(last, ".*")]), re.DOTALL)


def _wild(stated: str, many: str) -> str:
    return "".join({"*": many, "?": "[^:]" if many != ".*" else "."}.get(part, re.escape(part)) for part in stated)
