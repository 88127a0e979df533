"""Which rights nobody has used: every action of every statement, on every resource that it names."""

from collections.abc import Iterable, Mapping

from local.access.judgement import Grant
from local.access.ledger import Used
from local.access.policy import Statement


def rights(role: str, statements: Iterable[Statement]) -> set[Used]:
    """All that the role is given, in the words of its policies."""
    return {
        Used(role, Grant(statement.sid, action.stated, resource.stated))
        for statement in statements
        if not statement.deny
        for action in statement.actions
        for resource in statement.resources
    }


def unused(given: Mapping[str, Iterable[Statement]], used: Iterable[Used]) -> list[Used]:
    """What no call went through by, in order; `given` is what each role may do."""
    stated = {right for role, statements in given.items() for right in rights(role, statements)}
    return sorted(stated - set(used), key=lambda one: (one.role, one.grant.sid, one.grant.action, one.grant.resource))
