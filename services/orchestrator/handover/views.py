"""What a note says. It is kept as it is answered: a field that comes later needs a default, for the older notes."""

from services.common.api.models import Answer, Moment
from services.orchestrator.handover.entries import (
    HandoverCase,
    HandoverCases,
    HandoverChange,
    HandoverDiscrepancy,
    HandoverDocument,
    HandoverOrder,
    HandoverQueue,
    HandoverState,
)


class HandoverNumbers(Answer):
    """What waited, in numbers.

    Attributes:
        parked_orders: they wait for a person.
        unfinished_orders: on their way to the last mail.
        dead_letters: of the region that made the note; null if a queue did not answer.
        waiting_cases: they wait for us.
        open_cases: those that wait for the customer too.
        waiting_changes: changes of licences that are not finished.
        parked_changes: of these, those that wait for a person.
        waiting_cancellations: orders whose cancellation is asked for and not done.
        discrepancies: sales at the cloud provider that do not fit our orders.
        unmailed_documents: invoices and credit notes without a mail a quarter of an hour after they were made.
    """

    parked_orders: int
    unfinished_orders: int
    dead_letters: int | None
    waiting_cases: int
    open_cases: int
    waiting_changes: int
    parked_changes: int
    waiting_cancellations: int
    discrepancies: int
    unmailed_documents: int


class HandoverSummary(Answer):
    """A change of the writer, and what waited then.

    Attributes:
        epoch: of the writer; each change begins one.
        from_region: where the writer was; null if that is not known.
        to_region: where it is since; null before it was ever moved.
        lost: the region whose loss began the epoch; null: it handed over.
        since: when the epoch began.
        made_at: when what follows was so.
        made_in: the region that made the note, whose dead-letter queues it tells of.
    """

    epoch: int
    from_region: str | None
    to_region: str | None
    lost: str | None
    since: Moment
    made_at: Moment
    made_in: str
    numbers: HandoverNumbers


class Handover(HandoverSummary):
    """A note as a whole. Of what is listed one by one it has the oldest ten; of cases, the most urgent first."""

    parked: tuple[HandoverOrder, ...]
    unfinished: tuple[HandoverState, ...]
    dead_letter_queues: tuple[HandoverQueue, ...]
    cases: tuple[HandoverCases, ...]
    cases_for_us: tuple[HandoverCase, ...]
    changes: tuple[HandoverChange, ...]
    discrepancies: tuple[HandoverDiscrepancy, ...]
    unmailed: tuple[HandoverDocument, ...]


class Handovers(Answer):
    """One page of notes, the newest first."""

    handovers: tuple[HandoverSummary, ...]
    next: str | None
