"""Without an open switch, whoever writes admits everything, in an epoch of its own: looked at in each tick.

A writer that is shut and has nobody to open it is the worst that a controller can leave behind. It may have died in the
middle, woken up late, or have had no answer.
"""

from services.sun.control.book import BY, Book, Entry, Note, Page
from services.sun.control.context import Turn
from services.sun.control.facts import Admits, Facts, Member, WriterState
from services.sun.control.ports import Refused, Unavailable


def reopen(turn: Turn, book: Book, facts: Facts) -> None:
    """Put it right, in writing first. What does not work out is found again by the next tick."""
    cluster, state = facts.cluster, facts.state
    if cluster is None or state is None or cluster.moving or cluster.writer is None:
        return
    (writer,) = cluster.writers
    known = book.memory.state.tenure.writer if book.memory else writer.region
    begun = writer.region == (state.region or known)  # before the first epoch of a region nobody has said whose it is
    if (state.admits is Admits.OPEN and begun) or _left_to_a_person(book, state):
        return
    event = "admission opened" if begun else "epoch begun"
    told: dict[str, object] = {"writer": writer.region, "epoch": state.epoch, "found": state.admits, "by": state.by}
    pages = () if state.admits is Admits.OPEN else (_page(turn, writer, state),)
    turn.send(Entry((Note(event, told),), pages=pages))
    try:
        if begun:
            turn.world.admission.admit(writer.arn, state.epoch, Admits.OPEN)
        else:
            turn.world.admission.begin_epoch(writer.arn, state.epoch, writer.region, None)
    except (Unavailable, Refused):
        return


def _left_to_a_person(book: Book, state: WriterState) -> bool:
    """Who holds may have shut it, or be about to begin an epoch; what the controller has shut, it opens anyway."""
    return book.hold is not None and book.hold.by != BY and (state.admits is Admits.OPEN or state.by != BY)


def _page(turn: Turn, writer: Member, state: WriterState) -> Page:
    text = (
        f"Found at {turn.now:%Y-%m-%d %H:%M} UTC: the writer, in {writer.region}, was {state.admits} since {state.by} "
        "said so, and no switch is under way. It is opened now. If that cannot be done, you are called again by each "
        "tick; docs/follow-the-sun.md says how a person does it.\n"
    )
    return Page(f"{turn.now.isoformat()}#shut", f"Follow the sun: {writer.region} writes, and was {state.admits}", text)
