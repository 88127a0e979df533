"""Violations as GitHub shows them at a pull request's files.

Source: docs.github.com, workflow commands for GitHub Actions.
"""

from collections.abc import Iterator

from policies.judge import Judgement, Level


def annotations(stack: str, found: Judgement) -> Iterator[str]:
    """One command for each violation and each waiver, at the file that makes the stack what it is."""
    for one in found.violations:
        kind = "error" if one.level is Level.MANDATORY else "warning"
        yield _command(kind, stack, one.rule, f"{one.message} ({one.urn})" if one.urn else one.message)
    for waived in found.waived:
        yield _command("notice", stack, waived.violation.rule, str(waived))


def _command(kind: str, stack: str, title: str, message: str) -> str:
    place = f"Pulumi.{stack}.yaml".replace(":", "%3A").replace(",", "%2C")
    text = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::{kind} file={place},title={title}::{text}"
