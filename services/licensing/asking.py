"""How a change is made at the CCP once: ask, look at what the CCP has under our reference, ask for what is missing.

Only the first attempt asks without looking, because nobody can have asked before it. Whoever comes after an unclear
outcome looks first. A refusal after one is looked into as well: a CCP that has changed the licences in the meantime
refuses to change them again. A CCP that does only a part is asked for the rest.
"""

from services.common.ccp.asking import ask_again
from services.common.ccp.client import CcpNotCalled, CcpOutcomeUnknown, CcpRefused
from services.common.ccp.transport import Deadline
from services.licensing.ccp import LicenceDesk, Made
from services.licensing.changes import Change
from services.licensing.judgement import fault_of, missing

Done = tuple[Made, ...]


class NotAsAsked(Exception):
    """The CCP has done something, and that is not what it was asked for: a person has to look."""


class RestRefused(NotAsAsked):
    """The CCP has changed some of the licences and refuses the others."""

    def __init__(self, change: Change, done: Done, refusal: Exception) -> None:
        left, count = len(missing(change, done)), len(change.license_ids)
        super().__init__(f"the CCP changed {count - left} of {count} licences and refuses the rest: {refusal}")


def obtain(desk: LicenceDesk, change: Change, pause_seconds: float) -> Done:
    """All that the CCP has done for the change, which is all that was asked for.

    Raises:
        CcpRefused: the CCP has done nothing and refuses for good.
        NotAsAsked: see there.
        CcpNotCalled: nothing was asked.
        CcpOutcomeUnknown: something was asked, and it is not known what came of it.
    """
    deadline = desk.deadline()
    if change.attempt > 1:
        return _look_and_ask(desk, change, deadline)
    return ask_again(
        lambda: _ask(desk, change, (), deadline), lambda: _look_and_ask(desk, change, deadline), pause_seconds
    )


def _look_and_ask(desk: LicenceDesk, change: Change, deadline: Deadline) -> Done:
    try:
        return _ask(desk, change, desk.made_for(change, deadline), deadline)
    except (CcpRefused, RestRefused) as refusal:
        done = desk.made_for(change, deadline)
        _check(change, done)
        if not missing(change, done):
            return done
        if not done:
            raise
        raise RestRefused(change, done, refusal) from refusal


def _ask(desk: LicenceDesk, change: Change, done: Done, deadline: Deadline) -> Done:
    """Asks for what is missing until nothing is."""
    before = len(done)
    _check(change, done)
    while left := missing(change, done):
        try:
            done = (*done, desk.ask(change, left, len(done), deadline))
        except CcpNotCalled as closed:
            if len(done) == before:
                raise
            raise CcpOutcomeUnknown(str(closed), closed.retry_in) from closed
        except CcpRefused as refusal:
            if not done:
                raise
            raise RestRefused(change, done, refusal) from refusal
        _check(change, done)
        if missing(change, done) == left:
            raise NotAsAsked("the CCP answered that it changed none of the licences that were named")
    return done


def _check(change: Change, done: Done) -> None:
    if (fault := fault_of(change, done)) is not None:
        raise NotAsAsked(fault)
