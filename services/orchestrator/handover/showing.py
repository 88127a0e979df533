"""`GET /operations/handovers` and `GET /operations/writer`: what each team was told, and who writes now."""

from services.common.api import Call, ListQuery, Reply
from services.common.api.models import Answer, Moment
from services.common.api.paging import Place
from services.common.errors import NotFound
from services.common.writer import Admission
from services.orchestrator.handover.views import Handover, Handovers, HandoverSummary

_PAGE = """
    SELECT note FROM handover WHERE %(before)s::bigint IS NULL OR epoch < %(before)s ORDER BY epoch DESC LIMIT %(limit)s
"""
_WRITER = """
    SELECT w.epoch, w.region, w.former AS former_region, w.lost, w.admission, w.since, w.changed_at, w.changed_by,
        u.ccp_calls, u.transactions
    FROM writer_epoch w CROSS JOIN unfinished_work() u
"""


class HandoversQuery(ListQuery):
    """`GET /operations/handovers`."""


class HandoverPlace(Place):
    """The last note of a page."""

    epoch: int


class UnfinishedWork(Answer):
    """What a change of the writer would wait for: calls of the cloud provider, and transactions."""

    ccp_calls: int
    transactions: int


class WriterAnswer(Answer):
    """Where the database is written.

    Attributes:
        epoch: each change of the writer begins one.
        region: null before it was ever moved.
        former_region: where it was before; null if that is not known.
        lost: the region whose loss began the epoch; null: it handed over.
        admission: what the controller lets in: anything, only the outcome of what has begun, or nothing.
        since: when the epoch began.
        changed_at: when the admission or the epoch last changed, and `changedBy` by whom.
        unfinished: what is under way; a call under way is counted when it may be one.
    """

    epoch: int
    region: str | None
    former_region: str | None
    lost: str | None
    admission: Admission
    since: Moment
    changed_at: Moment
    changed_by: str
    unfinished: UnfinishedWork


def list_handovers(call: Call) -> Reply:
    """A page of notes."""
    query = call.query(HandoversQuery)
    after = HandoverPlace.decode(query.cursor)
    with call.transaction() as connection:
        rows = connection.execute(
            _PAGE, {"before": after.epoch if after else None, "limit": query.limit + 1}
        ).fetchall()
    notes = [Handover.model_validate(row["note"]) for row in rows]
    shown, more = notes[: query.limit], len(notes) > query.limit
    following = HandoverPlace(epoch=shown[-1].epoch).encode() if more else None
    return Reply.of(Handovers(handovers=tuple(map(_summary, shown)), next=following))


def get_handover(call: Call) -> Reply:
    """One note, as it was made."""
    with call.transaction() as connection:
        row = connection.execute("SELECT note FROM handover WHERE epoch = %s", (call.path["epoch"],)).fetchone()
    if row is None:
        raise NotFound("no hand-over began this epoch, or its note is not made yet")
    return Reply.of(Handover.model_validate(row["note"]))


def get_writer(call: Call) -> Reply:
    """Who writes, and what is under way."""
    with call.transaction() as connection:
        row = connection.execute(_WRITER).fetchone()
    if row is None:
        raise LookupError("the database has no writer's row")
    return Reply.of(
        WriterAnswer.of_row(row, admission=Admission(row["admission"]), unfinished=UnfinishedWork.of_row(row))
    )


def _summary(note: Handover) -> HandoverSummary:
    return HandoverSummary(**{name: getattr(note, name) for name in HandoverSummary.model_fields})
