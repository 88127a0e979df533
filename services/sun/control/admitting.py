"""What the services may do while the writer moves: stopped before, opened after, and never left shut."""

from datetime import timedelta

from services.sun.control.book import Switch
from services.sun.control.context import Turn
from services.sun.control.facts import Admits, Cluster, Unfinished
from services.sun.control.ports import Refused, Unavailable

DRAINED_FOR = timedelta(seconds=3)
"""How long calls of the CCP are waited for, of the five seconds for which the services hold their requests. What is not
done by then is recorded by the new writer, or found by the reconciler (decision 0048)."""
EMPTIED_FOR = timedelta(seconds=0.5)
"""How long transactions are waited for: those that write are far shorter, and who only reads may go on for ever."""
LOOK_SECONDS = 0.05
_TRIES = 3


def stop(turn: Turn, arn: str, epoch: int) -> tuple[Unfinished, Unfinished]:
    """Let no work begin, then nothing be written; answers with what was left at the end of each.

    Raises:
        Unavailable, Refused: it is not known to be stopped. It may be, by half or wholly.
    """
    _admit(turn, arn, epoch, Admits.DRAINING)
    calls = _until(turn, arn, "ccp_calls", DRAINED_FOR)
    _admit(turn, arn, epoch, Admits.CLOSED)
    return calls, _until(turn, arn, "transactions", EMPTIED_FOR)


def open_again(turn: Turn, cluster: Cluster | None) -> str | None:
    """Have whoever writes admit everything; answers with what kept it from that.

    Whose epoch it is does not matter: what is wanted is what every epoch begins with.
    """
    problem = "it is not known who writes"
    for number in range(_TRIES):
        if number:
            turn.world.sleep(1)
            turn.go_on()
            cluster = turn.world.database.glance()
        if cluster is None or cluster.writer is None:
            continue
        arn = cluster.writers[0].arn
        try:
            state = turn.world.admission.read(arn)
            if state.admits is Admits.OPEN or turn.world.admission.admit(arn, state.epoch, Admits.OPEN):
                return None
        except (Unavailable, Refused) as error:
            problem = str(error)
    return problem


def begin_epoch(turn: Turn, arn: str, switch: Switch) -> int:
    """Begin the switch's epoch unless somebody has; answers with it.

    A copy that was behind may not have got the last epochs: there it takes more than one, for none is used twice.

    Raises:
        Unavailable: the server does not write yet.
        Refused: it will not.
    """
    lost = switch.source if switch.lossy else None
    # Mostly that is all; each question more is one that requests wait for.
    if turn.world.admission.begin_epoch(arn, switch.epoch, switch.target, lost):
        return switch.epoch + 1
    state = turn.world.admission.read(arn)
    while state.epoch <= switch.epoch or (state.region, state.lost) != (switch.target, lost):
        turn.world.admission.begin_epoch(arn, state.epoch, switch.target, lost)
        state = turn.world.admission.read(arn)
    return state.epoch


def _admit(turn: Turn, arn: str, epoch: int, what: Admits) -> None:
    if not turn.world.admission.admit(arn, epoch, what):
        raise Refused(f"the writer's epoch is not {epoch} any more")


def _until(turn: Turn, arn: str, what: str, longest: timedelta) -> Unfinished:
    end = turn.now + longest
    while True:
        left = turn.world.admission.unfinished(arn)
        if not getattr(left, what) or turn.now >= end:
            return left
        turn.world.sleep(LOOK_SECONDS)
